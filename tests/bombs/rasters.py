"""Pictures of pixels that mean harm, or look as if. Each is small until somebody decodes it."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MEGABYTE = 1024 * 1024


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def plain(width: int, height: int, kind: str, mode: str = "RGB", **options: object) -> bytes:
    return encoded(Image.new(mode, (width, height)), kind, **options)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *before: bytes, rows: bytes = bytes(64)) -> bytes:
    """A grey PNG of 8 bits with these chunks before its pixels, which are whatever `rows` are."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return SIGNATURE + header + b"".join(before) + pixels + chunk(b"IEND", b"")


@cache
def nothing(megabytes: int) -> bytes:
    """So many megabytes of zeros, deflated."""
    deflate = zlib.compressobj(9)
    return b"".join(deflate.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + deflate.flush()


def small(*before: bytes) -> bytes:
    """A whole PNG of 8 by 8 pixels, with further chunks."""
    return png(8, 8, *before, rows=bytes(9 * 8))


def of_a_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The JPEG with another size in its header."""
    at = max(jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2")) + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


@cache
def scanned_again(side: int, times: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again: each goes over the whole picture."""
    jpeg = plain(side, side, "JPEG", progressive=True)
    last = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + last * times + jpeg[-2:]


def segments(jpeg: bytes, number: int) -> bytes:
    """The JPEG with so many full ICC segments, none of which makes sense."""
    body = b"ICC_PROFILE\x00\x01\xff" + bytes(65000)
    return jpeg[:2] + (b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body) * number + jpeg[2:]


def animated(kind: str, number: int) -> bytes:
    """So many pictures that differ: none is left out."""
    colours = [(index % 256, index // 256 % 256, 90) for index in range(number)]
    first, *others = (Image.new("RGB", (16, 16), colour) for colour in colours)
    return encoded(first, kind, save_all=True, append_images=others)


Make = Callable[[], bytes]

REFUSED: dict[str, Make] = {
    "a PNG of 900 megapixels by its header": lambda: png(30_000, 30_000),
    "a whole PNG of 64 megapixels": lambda: plain(8000, 8000, "PNG", "1"),
    "a GIF of 4,000 megapixels": lambda: (
        b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x08\x01\0\0;"
    ),
    "a whole WebP of 25 megapixels": lambda: plain(5000, 5000, "WEBP", lossless=True, method=0),
    "a whole AVIF of 25 megapixels": lambda: plain(5000, 5000, "AVIF", speed=10),
    "a JPEG of 4,000 megapixels by its header": lambda: of_a_size(plain(64, 64, "JPEG"), 65_500, 65_500),
    "a JPEG of 2,000 passes": lambda: scanned_again(4400, 2000),
    "a JPEG of 90 passes over 64 megapixels": lambda: scanned_again(8000, 80),
    "a PNG of 100,000 chunks": lambda: small(chunk(b"prVt", b"") * 100_000),
    "half a PNG": lambda: encoded(Image.effect_noise((400, 400), 50), "PNG")[:20_000],
    "half an AVIF": lambda: encoded(Image.effect_noise((400, 400), 50), "AVIF")[:9000],
    "a script that begins like a GIF": lambda: b"GIF89a/*" + bytes(100) + b"*/=1;alert(1)",
    "a TIFF": lambda: plain(8, 8, "TIFF"),
    "an icon": lambda: plain(64, 64, "ICO"),
    "a PostScript program": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n{} loop\n",
    "a ZIP": lambda: b"PK\x03\x04" + bytes(200),
    "nothing but zeros": lambda: bytes(MEGABYTE),
}
"""None of these is a picture that may be edited."""
TAKEN: dict[str, Make] = {
    "a small file of 19 megapixels": lambda: plain(4400, 4400, "PNG", "P"),
    "a PNG with 200 MB behind its pixels": lambda: (
        small()[:-12] + chunk(b"IDAT", nothing(200)) + small()[-12:]
    ),
    "a GIF of 3,000 pictures": lambda: animated("GIF", 3000),
    "a PNG of 3,000 pictures": lambda: animated("PNG", 3000),
    "a WebP of 1,000 pictures": lambda: animated("WEBP", 1000),
    "a JPEG with 16 MB of colour profiles": lambda: segments(plain(64, 64, "JPEG"), 250),
    "a PNG with 10 MB of Exif": lambda: small(chunk(b"eXIf", b"MM\0*\0\0\0\x08" + bytes(10 * MEGABYTE))),
    "a PNG with a colour profile of 200 MB": lambda: small(chunk(b"iCCP", b"x\0\0" + nothing(200))),
    "a PNG with a text of 200 MB": lambda: small(chunk(b"zTXt", b"x\0\0" + nothing(200))),
    "a PNG with another text of 200 MB": lambda: small(chunk(b"iTXt", b"x\0\1\0\0\0" + nothing(200))),
    "a PNG with 500 texts of 1 MB": lambda: small(chunk(b"zTXt", b"x\0\0" + nothing(1)) * 500),
    "a PNG of 40,000 chunks": lambda: small(chunk(b"prVt", b"") * 40_000),
    "a PNG that is a page as well": lambda: small() + b"<html><script>alert(1)</script></html>",
}
"""These are, whatever else they are: nobody looks further than a picture's first frame."""
