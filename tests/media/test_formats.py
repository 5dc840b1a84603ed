"""What `inspect` and `verify` say of real bytes, what they refuse, and what `shrink` keeps."""

import io
import struct
import warnings
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imagestudio.media.formats import MediaInfo, NotAnImage, TooManyPixels, extension, inspect, shrink, verify
from tests.tables import rows

SVG_NS = 'xmlns="http://www.w3.org/2000/svg"'


def encoded(format: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    picture = Image.effect_noise(size, 60).convert(mode)
    picture.save(file, format, **options)
    return file.getvalue()


def svg(attributes: str, *, inside: str = "", prolog: str = "") -> bytes:
    return f"{prolog}<svg {SVG_NS} {attributes}>{inside}</svg>".encode()


def huge_png(width: int, height: int) -> bytes:
    """A PNG whose header names this size, with hardly any data behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(64)))


RASTERS = [
    pytest.param(encoded("PNG"), "image/png", id="png"),
    pytest.param(encoded("PNG", mode="RGBA"), "image/png", id="png with alpha"),
    pytest.param(encoded("PNG", mode="P"), "image/png", id="png with a palette"),
    pytest.param(encoded("PNG", mode="I;16"), "image/png", id="png of 16 bits"),
    pytest.param(encoded("PNG", mode="1"), "image/png", id="png of one bit"),
    pytest.param(
        encoded("PNG", save_all=True, append_images=[Image.new("RGB", (40, 30))]), "image/png", id="apng"
    ),
    pytest.param(encoded("JPEG"), "image/jpeg", id="jpeg"),
    pytest.param(encoded("JPEG", mode="L", progressive=True), "image/jpeg", id="progressive grey jpeg"),
    pytest.param(encoded("JPEG", mode="CMYK"), "image/jpeg", id="cmyk jpeg"),
    pytest.param(
        encoded("MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))]), "image/jpeg", id="mpo"
    ),
    pytest.param(encoded("WEBP"), "image/webp", id="webp"),
    pytest.param(encoded("WEBP", mode="RGBA", lossless=True), "image/webp", id="lossless webp with alpha"),
    pytest.param(encoded("AVIF"), "image/avif", id="avif"),
    pytest.param(encoded("GIF"), "image/gif", id="gif"),
]


@pytest.mark.parametrize(("data", "mime_type"), RASTERS)
def test_type_and_size_come_from_the_bytes(data: bytes, mime_type: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(data)

    expected = MediaInfo(mime_type, 40, 30)
    assert inspect(data) == expected
    assert inspect(path) == expected
    assert verify(data) == expected
    assert verify(path) == expected


@rows(("data", "mime_type"), RASTERS)
def test_inspect_needs_no_more_than_the_header_and_verify_refuses_the_half(
    data: bytes, mime_type: str
) -> None:
    half = data[: len(data) // 2]

    with pytest.raises(NotAnImage):
        verify(half)
    if mime_type in {"image/png", "image/jpeg", "image/gif"}:
        assert inspect(half) == MediaInfo(mime_type, 40, 30)


def test_an_exif_rotation_leaves_the_stored_size() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert inspect(encoded("JPEG", exif=exif)) == MediaInfo("image/jpeg", 40, 30)


@pytest.mark.parametrize(
    ("data", "width", "height"),
    [
        (svg('width="640" height="480"'), 640, 480),
        (svg('width="640px" height=" 480PX "'), 640, 480),
        (svg("width='72pt' height='36pt'"), 96, 48),
        (svg('width="25.4mm" height="2.54cm"'), 96, 96),
        (svg('width="1in" height="6pc"'), 96, 96),
        (svg('width="101.6q" height="1.5e2"'), 96, 150),
        (svg('viewBox="0 0 2048 1024"'), 2048, 1024),
        (svg('viewBox="-10,-20,300.4,.5"'), 300, 1),
        (svg('width="100%" height="100%" viewBox="0 0 32 16"'), 32, 16),
        (svg('width="auto" height="10em" viewBox="0 0 32 16"'), 32, 16),
        (svg('width="200" viewBox="0 0 2 1"'), 200, 100),
        (svg('height="200" viewBox="0 0 2 1"'), 400, 200),
        (svg('width="-5" height="0" viewBox="0 0 32 16"'), 32, 16),
        (svg('width="1e999" height="5" viewBox="0 0 2 1"'), 10, 5),
        (svg('viewBox="0 0 0 0"'), 300, 150),
        (svg(""), 300, 150),
        (svg('width="7"'), 7, 150),
        (
            svg(
                'width="8" height="9"', prolog='<?xml version="1.0" encoding="UTF-8"?>\n<!-- made here -->\n'
            ),
            8,
            9,
        ),
        (b"\xef\xbb\xbf \r\n\t" + svg('width="8" height="9"'), 8, 9),
        (svg('width="8" height="9"').decode().encode("utf-16"), 8, 9),
        (b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="8" height="9"/>', 8, 9),
        (svg('width="8" height="9"', inside=f'<svg {SVG_NS} width="99" height="99"/>'), 8, 9),
        (svg('width="8" height="9"', inside="<path d='M0 0'/>" * 20_000), 8, 9),
    ],
)
def test_an_svg_is_measured_by_its_root(data: bytes, width: int, height: int, tmp_path: Path) -> None:
    path = tmp_path / "drawing"
    path.write_bytes(data)

    expected = MediaInfo("image/svg+xml", width, height)
    assert inspect(data) == expected
    assert inspect(path) == expected
    assert verify(data) == expected


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@rows(
    "doctype",
    [
        "<!DOCTYPE svg>",
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:9/svg11.dtd">',
    ],
)
def test_a_document_type_as_drawing_programs_write_it_is_passed_over(doctype: str) -> None:
    drawing = svg('width="8" height="9"', prolog=doctype)
    assert inspect(drawing) == verify(drawing) == MediaInfo("image/svg+xml", 8, 9)


@rows(
    "data",
    [
        pytest.param(svg('width="8" height="9"', prolog=LAUGHS, inside="&b;"), id="entities"),
        pytest.param(svg('width="8" height="9"', prolog=OUTSIDE, inside="&x;"), id="outside entity"),
        pytest.param(b"<svg width='8' height='9'/>", id="no namespace"),
        pytest.param(b"<!doctype html><html><body>404</body></html>", id="html"),
        pytest.param(b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>", id="svg inside html"),
        pytest.param(b"<Error><Code>AccessDenied</Code></Error>", id="an error of a file store"),
        pytest.param(b"<", id="one character"),
        pytest.param(b"<?xml version='1.0'?>", id="no root"),
        pytest.param(b"<?xml version='1.0' encoding='klingon'?><svg/>", id="unknown encoding"),
        pytest.param(b"\xff\xfe\x00", id="broken utf-16"),
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="text"),
        pytest.param(b'{"detail": "Not found"}', id="json"),
        pytest.param(b"%PDF-1.7\n", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="png signature alone"),
        pytest.param(b"\xff\xd8\xff", id="jpeg signature alone"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBP", id="webp signature alone"),
        pytest.param(encoded("BMP"), id="bmp"),
        pytest.param(encoded("TIFF"), id="tiff"),
        pytest.param(encoded("ICO"), id="ico"),
        pytest.param(encoded("PPM"), id="ppm"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        inspect(data)
    with pytest.raises(NotAnImage):
        verify(data)


def test_a_cut_off_svg_is_refused_by_verify_only() -> None:
    cut = svg('width="8" height="9"', inside="<g>")[:-4]

    assert inspect(cut) == MediaInfo("image/svg+xml", 8, 9)
    with pytest.raises(NotAnImage):
        verify(cut)


@rows(
    "data",
    [
        pytest.param(huge_png(30_000, 30_000), id="past Pillow's own limit"),
        pytest.param(huge_png(12_000, 12_000), id="between Pillow's warning and its limit"),
        pytest.param(svg('width="30000" height="30000"'), id="svg"),
        pytest.param(svg('width="1e300" height="1e300"'), id="svg past the floats"),
    ],
)
def test_a_bomb_is_refused_by_its_header(data: bytes) -> None:
    with pytest.raises(TooManyPixels):
        inspect(data)
    with pytest.raises(TooManyPixels):
        verify(data)


def test_the_limit_is_the_callers_and_inclusive() -> None:
    data = encoded("PNG", (40, 30))

    assert inspect(data, max_pixels=1200) == MediaInfo("image/png", 40, 30)
    with pytest.raises(TooManyPixels, match=r"40 × 30 pixels. At most 0.001199 megapixels"):
        inspect(data, max_pixels=1199)


def test_pillow_does_not_warn_below_our_limit() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert inspect(huge_png(9_999, 10_000)) == MediaInfo("image/png", 9_999, 10_000)
    assert caught == []


def test_a_flawed_mpo_is_still_its_first_jpeg_without_a_warning() -> None:
    mpo = encoded("MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))])
    flawed = mpo.replace(b"MPF\x00", b"MPF\x00\xff", 1)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert inspect(flawed) == MediaInfo("image/jpeg", 40, 30)
    assert caught == []


def test_damage_in_the_middle_of_a_png_is_found_by_verify() -> None:
    data = bytearray(encoded("PNG", (200, 200)))
    data[len(data) // 2] ^= 0xFF

    assert inspect(bytes(data)) == MediaInfo("image/png", 200, 200)
    with pytest.raises(NotAnImage, match="damaged or cut off"):
        verify(bytes(data))


def test_a_missing_file_is_not_called_a_bad_picture(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "nothing.png")


SEEDS = [parameter.values[0] for parameter in RASTERS] + [svg('width="8" height="9"')]


@settings(deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 400), st.binary(max_size=6))
def test_no_bytes_get_past_the_two_refusals(data: object, at: int, patch: bytes) -> None:
    assert isinstance(data, bytes)
    hostile = data[:at] + patch + data[at + len(patch) :]
    for read in (inspect, verify):
        try:
            info = read(hostile, max_pixels=1_000_000)
        except (NotAnImage, TooManyPixels):
            continue
        assert info.width * info.height <= 1_000_000


@rows(
    ("mime_type", "ending"),
    [
        ("image/png", ".png"),
        ("image/jpeg", ".jpg"),
        ("image/webp", ".webp"),
        ("image/avif", ".avif"),
        ("image/gif", ".gif"),
        ("image/svg+xml", ".svg"),
    ],
)
def test_each_type_has_its_ending(mime_type: str, ending: str) -> None:
    assert extension(mime_type) == ending


def test_an_unknown_type_has_none() -> None:
    with pytest.raises(ValueError, match="'text/html' is not one of image/png"):
        extension("text/html")


def saved(path: Path, image: Image.Image, kind: str, **options: object) -> Path:
    image.save(path, kind, **options)
    return path


def test_shrinking_keeps_what_is_seen(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (600, 300), (255, 0, 0, 0))
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn
    for name, image, kind, options, mode, size in (
        ("clear", clear, "PNG", {}, "RGBA", (512, 256)),
        ("cmyk", Image.new("CMYK", (600, 300)), "JPEG", {}, "RGB", (512, 256)),
        ("palette", Image.new("P", (600, 300)), "GIF", {}, "RGB", (512, 256)),
        ("turned", Image.new("RGB", (600, 300)), "JPEG", {"exif": turned}, "RGB", (256, 512)),
    ):
        small = shrink(saved(tmp_path / name, image, kind, **options).read_bytes(), 512)
        with Image.open(io.BytesIO(small)) as shown:
            assert (name, shown.mode, shown.size) == (name, mode, size)


def test_a_damaged_picture_is_not_shrunk(tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole.png", Image.effect_noise((64, 64), 50), "PNG")
    broken = tmp_path / "broken.png"
    broken.write_bytes(whole.read_bytes()[:2000])
    with pytest.raises(NotAnImage):
        shrink(broken.read_bytes(), 512)
