"""Picture files of every make, by a seed: modes, chunks, orientations, animations, profiles, cuts, damage.

All are small. Each is named after how it was made and its number, so that one can be made again alone.
"""

import base64
import io
import os
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms

COUNT, SEED = (int(text) for text in os.environ.get("CORPUS", "60 11").split())
"""Files, and which: `CORPUS="500 11" pytest tests/corpus tests/browser/test_corpus.py` tries all that were
promised, in about eight minutes."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
ORIENTATION = 0x0112
MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA", "L"),
    "GIF": ("1", "L", "P", "RGBA"),
    "AVIF": ("RGB", "RGBA", "L"),
}
KINDS = tuple(MODES)
COLOURS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel by PNG's type of colour."""


@dataclass(frozen=True)
class Specimen:
    """A file, and how it was made."""

    name: str
    data: bytes


Dice = random.Random
Make = Callable[[Dice], tuple[str, bytes]]


def corpus(count: int = COUNT, seed: int = SEED) -> Iterator[Specimen]:
    """So many files, the families in turn."""
    makes = [make for make, share in SHARES.items() for _ in range(share)]
    Dice(seed).shuffle(makes)
    for number in range(count):
        make = makes[number % len(makes)]
        how, data = make(Dice(f"{seed} {number}"))
        yield Specimen(f"{number:03} {how}", data)


def drawn(dice: Dice, mode: str = "RGB", least: int = 1) -> Image.Image:
    """Something of a mode, of up to 80 pixels a side."""
    size = dice.randint(least, 80), dice.randint(least, 80)
    if mode == "I;16":
        pixels = dice.randbytes(size[0] * size[1] * 2)
        return Image.frombytes("I;16", size, pixels)
    image = Image.frombytes("RGBA", size, dice.randbytes(size[0] * size[1] * 4))
    if dice.random() < 0.5:
        image = image.resize((1, 1)).resize(size)
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes, crc: int | None = None) -> bytes:
    check = zlib.crc32(kind + body) if crc is None else crc
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def by_hand(dice: Dice, depth: int, colour: int, interlace: bool) -> bytes:
    """A PNG that Pillow can't write: any depth, interlaced or not (PNG, 8.1)."""
    width, height = dice.randint(1, 40), dice.randint(1, 40)
    bits = depth * COLOURS[colour]
    passes = ADAM7 if interlace else ((0, 0, 1, 1),)
    raw = b""
    for left, top, across, down in passes:
        wide, high = -(-(width - left) // across), -(-(height - top) // down)
        if wide > 0 and high > 0:
            raw += b"".join(b"\0" + dice.randbytes((wide * bits + 7) // 8) for _ in range(high))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    palette = chunk(b"PLTE", dice.randbytes(3 * 2**depth)) if colour == 3 else b""
    return SIGNATURE + head + palette + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def a_mode(dice: Dice) -> tuple[str, bytes]:
    kind = dice.choice(KINDS)
    mode = dice.choice(MODES[kind])
    options: dict[str, Any] = {}
    if kind == "JPEG":
        options = {"progressive": dice.random() < 0.4, "quality": dice.choice((1, 50, 100))}
        options["subsampling"] = dice.choice((0, 1, 2)) if mode == "RGB" else -1
        options["restart_marker_rows"] = dice.choice((0, 1))
    elif kind == "WEBP":
        options = {"lossless": dice.random() < 0.5}
    elif kind == "PNG" and mode in ("L", "P", "RGB"):
        options = dice.choice(({}, {"transparency": (0, 0, 0) if mode == "RGB" else 0}))
    return f"{kind} of {mode} {options}", saved(drawn(dice, mode), kind, **options)


def a_depth(dice: Dice) -> tuple[str, bytes]:
    colour = dice.choice([*DEPTHS])
    depth, interlace = dice.choice(DEPTHS[colour]), dice.random() < 0.5
    return f"PNG of colour {colour}, {depth} bits, {interlace=}", by_hand(dice, depth, colour, interlace)


def profile(dice: Dice) -> tuple[str, bytes]:
    how = dice.choice(("sRGB", "XYZ", "nonsense", "short", "long"))
    if how in ("sRGB", "XYZ"):
        made = ImageCms.ImageCmsProfile(ImageCms.createProfile(how)).tobytes()
        return how, made[:24] + bytes(12) + made[36:]  # without the time at which it was made
    return how, dice.randbytes({"nonsense": 500, "short": 3, "long": 70_000}[how])


def a_profile(dice: Dice) -> tuple[str, bytes]:
    kind = dice.choice(("PNG", "JPEG", "WEBP", "AVIF"))
    mode = dice.choice([mode for mode in MODES[kind] if mode not in ("I;16", "1")])
    how, icc = profile(dice)
    return f"{kind} of {mode} with a profile: {how}", saved(drawn(dice, mode), kind, icc_profile=icc)


def a_large_text(dice: Dice) -> bytes:
    return b"Comment\0\0" + zlib.compress(bytes([65 + dice.randrange(26)]) * 2_000_000)


CHUNKS: dict[str, Callable[[Dice], bytes]] = {
    "a large zTXt": lambda dice: chunk(b"zTXt", a_large_text(dice)),
    "a broken zTXt": lambda dice: chunk(b"zTXt", b"Comment\0\0" + dice.randbytes(50)),
    "a zTXt without an end": lambda dice: chunk(b"zTXt", b"Comment"),
    "a broken iTXt": lambda dice: chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + dice.randbytes(40)),
    "a tEXt of a wrong CRC": lambda dice: chunk(b"tEXt", b"a\0b", 7),
    "a tEXt in Latin-1": lambda dice: chunk(b"tEXt", b"Author\0Ren\xe9"),
    "a large iCCP": lambda dice: chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(2_000_000))),
    "a broken iCCP": lambda dice: chunk(b"iCCP", b"x\0\0" + dice.randbytes(40)),
    "an iCCP of another method": lambda dice: chunk(b"iCCP", b"x\0\7" + dice.randbytes(40)),
    "gAMA": lambda dice: chunk(b"gAMA", struct.pack(">I", dice.choice((0, 1, 45455, 2**31)))),
    "a short gAMA": lambda dice: chunk(b"gAMA", b"\0"),
    "cHRM": lambda dice: chunk(b"cHRM", dice.randbytes(32)),
    "a short cHRM": lambda dice: chunk(b"cHRM", dice.randbytes(5)),
    "pHYs": lambda dice: chunk(b"pHYs", dice.randbytes(8) + b"\1"),
    "a short pHYs": lambda dice: chunk(b"pHYs", b"\0\0"),
    "an empty sRGB": lambda dice: chunk(b"sRGB", b""),
    "a broken eXIf": lambda dice: chunk(b"eXIf", dice.randbytes(30)),
    "an empty eXIf": lambda dice: chunk(b"eXIf", b""),
    "a private chunk": lambda dice: chunk(b"prVt", dice.randbytes(100)),
    "a private chunk of a wrong CRC": lambda dice: chunk(b"prVt", dice.randbytes(100), 7),
    "a critical chunk that nobody knows": lambda dice: chunk(b"ABCD", dice.randbytes(8)),
    "an acTL of no frames": lambda dice: chunk(b"acTL", struct.pack(">II", 0, 0)),
    "a short acTL": lambda dice: chunk(b"acTL", b"\0"),
    "an acTL alone": lambda dice: chunk(b"acTL", struct.pack(">II", 2, 0)),
    "an fcTL alone": lambda dice: chunk(b"fcTL", dice.randbytes(26)),
    "a late tRNS": lambda dice: chunk(b"tRNS", dice.randbytes(3)),
    "a cICP": lambda dice: chunk(b"cICP", bytes((9, 16, 0, 1))),
    "a bKGD": lambda dice: chunk(b"bKGD", dice.randbytes(6)),
    "a second IHDR": lambda dice: chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 5, 8, 2, 0, 0, 0)),
}


def a_chunk(dice: Dice) -> tuple[str, bytes]:
    """A PNG with a chunk before its pixels, or behind them."""
    name = dice.choice([*CHUNKS])
    whole = saved(drawn(dice, dice.choice(("L", "RGB", "RGBA", "P"))), "PNG")
    made, behind = CHUNKS[name](dice), dice.random() < 0.3
    at = whole.rindex(b"IEND") - 4 if behind else whole.index(b"IDAT") - 4
    return f"PNG with {name}{' behind' * behind}", whole[:at] + made + whole[at:]


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


SEGMENTS: dict[str, Callable[[Dice], bytes]] = {
    "a comment": lambda dice: segment(0xFE, dice.randbytes(200)),
    "an empty comment": lambda dice: segment(0xFE, b""),
    "broken Exif": lambda dice: segment(0xE1, b"Exif\0\0" + dice.randbytes(60)),
    "Exif of nothing": lambda dice: segment(0xE1, b"Exif\0\0"),
    "Exif that refers to itself": lambda dice: segment(
        0xE1,
        b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8),
    ),
    "XMP": lambda dice: segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
    "broken XMP": lambda dice: segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:" + dice.randbytes(40)),
    "a broken profile": lambda dice: segment(0xE2, b"ICC_PROFILE\0\x05\x02" + dice.randbytes(40)),
    "a profile's head": lambda dice: segment(0xE2, b"ICC_PROFILE\0"),
    "broken MPF": lambda dice: segment(0xE2, b"MPF\0" + dice.randbytes(40)),
    "MPF of nothing": lambda dice: segment(0xE2, b"MPF\0"),
    "broken Photoshop": lambda dice: segment(0xED, b"Photoshop 3.0\0" + b"8BIM" + dice.randbytes(20)),
    "a short Adobe": lambda dice: segment(0xEE, b"Adobe"),
    "a second JFIF": lambda dice: segment(0xE0, b"JFIF\0\1\1\0\0\0\0\0\0\0"),
    "a short JFIF": lambda dice: segment(0xE0, b"JFIF\0"),
    "fill bytes": lambda dice: b"\xff" * dice.randint(1, 9),
    "stray bytes": lambda dice: dice.randbytes(4).replace(b"\xff", b"\0"),
    "a private segment": lambda dice: segment(0xEB, dice.randbytes(60_000)),
    "a restart interval": lambda dice: segment(0xDD, b"\0\0"),
}


def a_segment(dice: Dice) -> tuple[str, bytes]:
    """A JPEG with a segment after its start, or behind its first one."""
    name = dice.choice([*SEGMENTS])
    whole = saved(drawn(dice, dice.choice(MODES["JPEG"])), "JPEG")
    at = dice.choice((2, 4 + int.from_bytes(whole[4:6], "big")))
    return f"JPEG with {name} at {at}", whole[:at] + SEGMENTS[name](dice) + whole[at:]


def riff(*parts: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in parts
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def a_part(dice: Dice) -> tuple[str, bytes]:
    """A WebP with parts around its pixels, as they should be or not."""
    whole = saved(drawn(dice), "WEBP")
    pixels = whole[12:16], whole[20 : 20 + int.from_bytes(whole[16:20], "little")]
    with Image.open(io.BytesIO(whole)) as image:
        wide, high = image.size
    flags = dice.choice((0, 0x04, 0x08, 0x20, 0x2C))
    size = struct.pack("<I", wide - 1)[:3] + struct.pack("<I", high - 1)[:3]
    head = b"VP8X", bytes((flags, 0, 0, 0)) + size
    name = dice.choice((b"EXIF", b"XMP ", b"ICCP", b"abcd"))
    extra = name, dice.randbytes(dice.randint(0, 80))
    parts = (head, extra, pixels) if name == b"ICCP" else (head, pixels, extra)
    plain = dice.random() < 0.2
    how = "without" if plain else f"with flags {flags:#x}"
    return f"WebP {how}, with {name.decode()}", riff(*(parts[1:] if plain else parts))


EXTENSIONS: dict[str, Callable[[Dice], bytes]] = {
    "a comment": lambda dice: b"\x21\xfe\x05hello\0",
    "a comment that breaks off": lambda dice: b"\x21\xfe\xff",
    "another application": lambda dice: b"\x21\xff\x0bNOTNETSCAPE\x03abc\0",
    "a broken NETSCAPE": lambda dice: b"\x21\xff\x0bNETSCAPE2.0\x01\x01\0",
    "an unknown extension": lambda dice: b"\x21\x77\x02ab\0",
    "text over it": lambda dice: b"\x21\x01\x0c" + bytes(12) + b"\x02hi\0",
    "a short control": lambda dice: b"\x21\xf9\x01\0\0",
    "zeros": lambda dice: bytes(dice.randint(1, 5)),
}


def an_extension(dice: Dice) -> tuple[str, bytes]:
    """A GIF with an extension before its first picture."""
    name = dice.choice([*EXTENSIONS])
    whole = saved(drawn(dice, "P"), "GIF")
    at = 13 + (3 << (whole[10] & 7) + 1 if whole[10] & 0x80 else 0)
    return f"GIF with {name}", whole[:at] + EXTENSIONS[name](dice) + whole[at:]


def an_orientation(dice: Dice) -> tuple[str, bytes]:
    kind = dice.choice(("JPEG", "PNG", "WEBP", "AVIF"))
    turned = dice.choice((*range(1, 9), 0, 9, 65535))
    exif = Image.Exif()
    exif.endian = dice.choice("<>")
    exif[ORIENTATION] = turned
    if dice.random() < 0.3:
        exif[0x010F] = "Maker"
    return f"{kind} turned {turned} {exif.endian}", saved(drawn(dice), kind, exif=exif)


def an_animation(dice: Dice) -> tuple[str, bytes]:
    kind = dice.choice(("GIF", "PNG", "WEBP", "AVIF"))
    mode = dice.choice(("RGB", "RGBA", "P") if kind in ("GIF", "PNG") else ("RGB", "RGBA"))
    first = drawn(dice, mode)
    others = [drawn(dice, mode).resize(first.size) for _ in range(dice.randint(0, 3))]
    options: dict[str, Any] = {"duration": dice.choice((0, 40, 1000))}
    if kind in ("GIF", "PNG"):
        options["disposal"] = dice.choice((0, 1, 2))
    if kind == "PNG":
        if mode == "P":  # Pillow can't clear such frames
            options["disposal"] = min(options["disposal"], 1)
        options["default_image"] = bool(others) and dice.random() < 0.5
    data = saved(first, kind, save_all=True, append_images=others, loop=0, **options)
    return f"{kind} of {mode} moving, {len(others) + 1} frames {options}", data


WHOLE: tuple[Make, ...] = (
    a_mode,
    a_depth,
    a_profile,
    a_chunk,
    a_segment,
    a_part,
    an_orientation,
    an_animation,
)


def a_cut(dice: Dice) -> tuple[str, bytes]:
    how, data = dice.choice(WHOLE)(dice)
    left = dice.choice((dice.randrange(len(data)), len(data) - dice.randint(1, min(16, len(data)))))
    return f"{how}, cut at {left} of {len(data)}", data[:left]


def a_tail(dice: Dice) -> tuple[str, bytes]:
    how, data = dice.choice(WHOLE)(dice)
    tail = dice.choice((bytes(50), dice.randbytes(50), b"\xff\xd8\xff\xe0", data))
    return f"{how}, with {len(tail)} bytes behind", data + tail


def a_flaw(dice: Dice) -> tuple[str, bytes]:
    how, data = dice.choice(WHOLE)(dice)
    flawed = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        flawed[dice.randrange(len(flawed))] = dice.randrange(256)
    return f"{how}, with flaws", bytes(flawed)


OTHERS: dict[str, Callable[[Dice], bytes]] = {
    "nothing": lambda dice: b"",
    "a page": lambda dice: b"<!doctype html><html><body><img src=x></body></html>",
    "text": lambda dice: b"404: there is no such picture.\n",
    "JSON": lambda dice: b'{"error": {"code": 404}}',
    "SVG": lambda dice: (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9"/></svg>'
    ),
    "broken SVG": lambda dice: b'<svg xmlns="http://www.w3.org/2000/svg" width="9"><path',
    "BMP": lambda dice: saved(drawn(dice), "BMP"),
    "an icon": lambda dice: saved(drawn(dice).resize((32, 32)), "ICO"),
    "TIFF": lambda dice: saved(drawn(dice), "TIFF"),
    "JPEG 2000's head": lambda dice: b"\0\0\0\x0cjP  \r\n\x87\n" + dice.randbytes(60),
    "JPEG XL's head": lambda dice: b"\xff\x0a" + dice.randbytes(60),
    "HEIC's head": lambda dice: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + dice.randbytes(60),
    "AVIF's head": lambda dice: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + dice.randbytes(60),
    "a video's head": lambda dice: b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + dice.randbytes(60),
    "PDF": lambda dice: b"%PDF-1.7\n" + dice.randbytes(60),
    "an archive": lambda dice: b"PK\3\4" + dice.randbytes(60),
    "noise": lambda dice: b"\x80" + dice.randbytes(200),
    "PNG's signature": lambda dice: SIGNATURE,
    "a PNG of no pixels": lambda dice: by_hand(dice, 8, 0, False).replace(b"IDAT", b"IDAX"),
    "a PNG as text brought it": lambda dice: saved(drawn(dice), "PNG").replace(b"\r\n", b"\n"),
    "a PNG in base64": lambda dice: base64.b64encode(saved(drawn(dice, least=30), "PNG")),
    "a PNG of 144 megapixels": lambda dice: saved(Image.new("1", (12_000, 12_000)), "PNG"),
    "pixels of MPO": lambda dice: saved(drawn(dice), "MPO", save_all=True, append_images=[drawn(dice)]),
}


def another(dice: Dice) -> tuple[str, bytes]:
    name = dice.choice([*OTHERS])
    return name, OTHERS[name](dice)


SHARES: dict[Make, int] = {
    a_mode: 7,
    a_depth: 5,
    a_profile: 5,
    a_chunk: 7,
    a_segment: 6,
    a_part: 3,
    an_extension: 3,
    an_orientation: 5,
    an_animation: 6,
    a_cut: 9,
    a_tail: 4,
    a_flaw: 8,
    another: 7,
}
"""How many of 75 files each family makes."""
