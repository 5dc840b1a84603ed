"""What paid bytes are taken for: nothing is refused that any program would show."""

from pathlib import Path

import pytest

from imagestudio.media import raster
from imagestudio.media.formats import MediaInfo, NotAnImage
from imagestudio.media.identify import identify
from tests.bombs import drawings, rasters
from tests.tables import rows


def plain(kind: str) -> bytes:
    return rasters.plain(40, 30, kind)


def damaged(data: bytes, kind: bytes) -> bytes:
    """With another checksum of a chunk."""
    at = data.index(kind)
    end = at + 4 + int.from_bytes(data[at - 4 : at], "big")
    return data[:end] + bytes(4) + data[end + 4 :]


TEXT = rasters.png(40, 30, rasters.chunk(b"tEXt", b"Comment\0hello"))
PNG = "image/png"
SVG = "image/svg+xml"
BOX = b"\0\0\0\x18ftyp"


@rows(
    ("data", "kind", "width", "height"),
    [
        (plain("PNG"), PNG, 40, 30),
        (plain("PNG")[:200], PNG, 40, 30),
        (plain("JPEG"), "image/jpeg", 40, 30),
        (plain("GIF"), "image/gif", 40, 30),
        (damaged(TEXT, b"tEXt"), PNG, 40, 30),
        (damaged(TEXT, b"IHDR"), PNG, 40, 30),
        (rasters.REFUSED["a PNG of 900 megapixels by its header"](), PNG, 30_000, 30_000),
        (rasters.png(40, 30, rasters.chunk(b"iCCP", b"x\0\0" + rasters.nothing(3))), PNG, 40, 30),
        (rasters.png(40, 30, rasters.chunk(b"zTXt", b"x\0\0" + rasters.nothing(3))), PNG, 40, 30),
        (b"\x89PNG\r\n\x1a\n", PNG, 0, 0),
        (b"\xff\xd8\xff\xe0", "image/jpeg", 0, 0),
        (rasters.REFUSED["a JPEG of 4,000 megapixels by its header"](), "image/jpeg", 0, 0),
        (rasters.REFUSED["a GIF of 4,000 megapixels"](), "image/gif", 65535, 65535),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", 0, 0),
        (plain("AVIF")[:100], "image/avif", 0, 0),
        (BOX + b"heic\0\0\0\0mif1heic", "image/heic", 0, 0),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl", 0, 0),
        (plain("TIFF"), "image/tiff", 0, 0),
        (plain("BMP"), "image/bmp", 0, 0),
        (drawings.svg("", attributes='width="8" height="9"').encode(), SVG, 8, 9),
        (drawings.svg("", attributes='width="1e300" height="9"').encode(), SVG, 0, 0),
        (drawings.LOST["a billion laughs"]().encode(), SVG, 0, 0),
        (b"<?xml version='1.0'?><!-- a -->\n<svg width='8' height='9'/>", SVG, 0, 0),
    ],
)
def test_a_picture_is_named_whatever_is_wrong_with_it(
    data: bytes, kind: str, width: int, height: int, tmp_path: Path
) -> None:
    (tmp_path / "picture").write_bytes(data)
    assert identify(data) == identify(tmp_path / "picture") == MediaInfo(kind, width, height)


@rows(
    "data",
    [
        b"",
        b"<!doctype html><html><body>404</body></html>",
        b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>",
        b"<Error><Code>AccessDenied</Code></Error>",
        b'{"detail": "Not found"}',
        b"BM, said the baker",
        b"not base64!",
        b"PK\x03\x04" + bytes(200),
        bytes(1000),
    ],
)
def test_what_is_no_picture_is_not_called_one(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        identify(data)


def test_what_accompanies_a_png_is_no_reason_not_to_show_it() -> None:
    """Its profile is kept up to some megabytes; a picture is decoded without its texts."""
    profile = rasters.chunk(b"iCCP", b"x\0\0" + rasters.nothing(3))
    with raster.open_picture(rasters.png(8, 8, profile, rows=bytes(72))) as image:
        assert len(image.info["icc_profile"]) == 3 * rasters.MEGABYTE
    for chunk in (
        rasters.chunk(b"iCCP", b"x\0\0" + rasters.nothing(20)),
        rasters.chunk(b"zTXt", b"x\0\0" + rasters.nothing(20)),
        rasters.chunk(b"tEXt", b"Comment\0hello")[:-4] + bytes(4),
        rasters.chunk(b"gAMA", bytes(4))[:-4] + b"ouch",
    ):
        with raster.open_picture(rasters.png(8, 8, chunk, rows=bytes(72))) as image:
            image.load()
            assert image.convert("L").tobytes() == bytes(64)
            assert not image.info.get("icc_profile")
