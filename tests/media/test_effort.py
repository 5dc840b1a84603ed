"""What is counted of a picture before it is decoded, and what is refused by that alone."""

import io

import pytest
from PIL import Image

from imagestudio.media.effort import count
from imagestudio.media.formats import NotAnImage, inspect, verify
from tests.bombs import rasters
from tests.tables import rows

MEGABYTE = 1024 * 1024
JPEG, GIF = rasters.plain(64, 48, "JPEG"), rasters.plain(64, 48, "GIF")
AT = GIF.index(b",")


def with_segments(segment: bytes, number: int) -> bytes:
    return JPEG[:2] + segment * number + JPEG[2:]


def with_extension(extension: bytes) -> bytes:
    return GIF[:AT] + extension + GIF[AT:]


def with_thumbnails() -> bytes:
    """A JPEG whose thumbnail has more scans than any picture may have."""
    thumbnail = rasters.scanned_again(64, 200)
    file = io.BytesIO()
    Image.new("RGB", (64, 48)).save(file, "JPEG", exif=b"Exif\0\0" + thumbnail)
    return file.getvalue()


@rows(
    "case, picture, told",
    (
        ("a progressive JPEG", rasters.plain(64, 48, "JPEG", progressive=True), (64 * 48, 10)),
        ("an ordinary one", JPEG, (64 * 48, 1)),
        (
            "one of a camera, with a second JPEG behind it",
            JPEG + rasters.scanned_again(64, 200),
            (64 * 48, 1),
        ),
        ("one with a thumbnail", with_thumbnails(), (64 * 48, 1)),
        ("a PNG", rasters.plain(64, 48, "PNG"), (64 * 48, 1)),
        ("a GIF", GIF, (64 * 48, 1)),
        ("a GIF whose first picture is larger than it says", GIF[:6] + b"\1\0\1\0" + GIF[10:], (64 * 48, 1)),
        ("a GIF with a comment", with_extension(b"\x21\xfe\5hello\0"), (64 * 48, 1)),
    ),
)
def test_pixels_and_scans_are_counted(case: str, picture: bytes, told: tuple[int, int]) -> None:
    effort = count(picture)
    assert (effort.pixels, effort.scans) == told
    assert effort.refusal is None
    assert verify(picture)


@rows(
    "case, picture, is_long",
    (
        ("a photograph", rasters.of_a_size(JPEG, 4000, 3000), False),
        (
            "a progressive one",
            rasters.of_a_size(rasters.plain(64, 48, "JPEG", progressive=True), 4000, 3000),
            False,
        ),
        ("a photograph of 80 scans", rasters.of_a_size(rasters.scanned_again(64, 70), 4000, 3000), True),
        ("a screen", rasters.png(3840, 2160), False),
        ("a PNG of 20 megapixels", rasters.png(5000, 4000), True),
        ("a small WebP", rasters.plain(2000, 1500, "WEBP"), False),
        ("one without loss", rasters.plain(2000, 1500, "WEBP", lossless=True), False),
        ("one with transparency", rasters.plain(2000, 1500, "WEBP", "RGBA"), False),
        ("a large WebP", rasters.plain(4000, 3000, "WEBP"), True),
        ("a large GIF", rasters.plain(4000, 3000, "GIF", "P"), True),
        ("half a header", rasters.plain(64, 48, "WEBP")[:24], True),
        ("what is not looked into", rasters.plain(64, 48, "AVIF"), True),
    ),
)
def test_what_may_take_longer_than_a_second_is_known(case: str, picture: bytes, is_long: bool) -> None:
    assert (count(picture).seconds > 1) is is_long


@rows(
    "case, picture",
    (
        ("100 scans of few pixels", rasters.scanned_again(64, 89)),
        (
            "many pixels in ten",
            rasters.of_a_size(rasters.plain(64, 48, "JPEG", progressive=True), 10_000, 10_000),
        ),
        ("40,000 chunks", rasters.small(rasters.chunk(b"prVt", b"") * 40_000)),
        ("a megabyte of comments", with_extension(b"\x21\xfe" + (b"\xff" + b"x" * 255) * 4000 + b"\0")),
        ("a PNG with a tail", rasters.plain(64, 48, "PNG") + bytes(MEGABYTE)),
    ),
)
def test_what_an_unusual_program_may_write_is_taken(case: str, picture: bytes) -> None:
    assert inspect(picture)


@rows(
    "case, picture, why",
    (
        ("more scans than any program writes", rasters.scanned_again(64, 100), "too_many_scans"),
        (
            "40 scans of 60 megapixels",
            rasters.of_a_size(rasters.scanned_again(64, 40), 7800, 7800),
            "too_many_scans",
        ),
        ("100,000 segments", with_segments(b"\xff\xe9\0\2", 100_000), "too_many_parts"),
        ("100,000 chunks", rasters.small(rasters.chunk(b"prVt", b"") * 100_000), "too_many_parts"),
        (
            "40 colour profiles of a megabyte",
            rasters.small(rasters.chunk(b"iCCP", b"x\0\0" + rasters.nothing(1)) * 40),
            "too_many_parts",
        ),
        (
            "5 MB of comments",
            with_extension(b"\x21\xfe" + (b"\xff" + b"x" * 255) * 20_000 + b"\0"),
            "too_many_parts",
        ),
        (
            "5 MB of comments behind an empty block",
            with_extension(b"\x21\xf9\0\x21\xfe" + (b"\xff" + b"x" * 255) * 20_000 + b"\0"),
            "too_many_parts",
        ),
        ("a megabyte of nonsense", with_extension(b"\1" * MEGABYTE), "too_many_parts"),
    ),
)
def test_what_would_take_a_reader_long_is_refused_before_anything_is_decoded(
    case: str, picture: bytes, why: str
) -> None:
    with pytest.raises(NotAnImage) as refused:
        verify(picture)
    assert refused.value.text.id == f"image.{why}"
