"""Parts of a file that accompany its pixels and are damaged: browsers show the picture without them."""

import io
import random

import pytest
from PIL import Image

from imagestudio.media.formats import NotAnImage, verify
from imagestudio.media.intake import take_in
from tests.corpus.pictures import CHUNKS, SEGMENTS, chunk, drawn, riff, saved
from tests.tables import rows

SHOWN_BY_NO_BROWSER = {
    "an fcTL alone",
    "a critical chunk that nobody knows",
    "a second IHDR",
    "stray bytes",
}
LIMITS = {"max_bytes": 10**7, "max_pixels": 10**7, "scale": False}


def dice() -> random.Random:
    return random.Random(7)


def readable_by_all(data: bytes) -> bool:
    """Whether a reader that forgives nothing, as a provider's may be, reads what would be sent."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        image.getexif()
    return True


@rows("behind", [False, True])
@rows("name", [name for name in CHUNKS if name not in SHOWN_BY_NO_BROWSER])
def test_a_png_with_it_is_taken(name: str, behind: bool) -> None:
    whole = saved(drawn(dice()), "PNG")
    at = whole.rindex(b"IEND") - 4 if behind else whole.index(b"IDAT") - 4
    taken = take_in(whole[:at] + CHUNKS[name](dice()) + whole[at:], **LIMITS)
    assert readable_by_all(taken.data)


@rows("name", [name for name in SEGMENTS if name not in SHOWN_BY_NO_BROWSER])
def test_a_jpeg_with_it_is_taken(name: str) -> None:
    whole = saved(drawn(dice()), "JPEG")
    for at in (2, 20):
        taken = take_in(whole[:at] + SEGMENTS[name](dice()) + whole[at:], **LIMITS)
        assert readable_by_all(taken.data)


def test_exif_that_is_none_is_passed_over() -> None:
    whole = saved(drawn(dice(), least=10), "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")
    start = whole.index(b"EXIF")
    broken = whole[: start + 8] + b"\xd9" * (len(whole) - start - 8)
    assert take_in(broken, **LIMITS).info.mime_type == "image/webp"


@rows(
    "data",
    [
        saved(drawn(dice(), least=10), "WEBP")[:-40],
        riff((b"VP8 ", bytes(40))),
        saved(drawn(dice(), least=10), "AVIF")[:120],
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)),
        b"\x89PNG\r\n\x1a\n" + chunk(b"tRNS", b""),
    ],
)
def test_what_is_cut_off_is_not_said_to_be_something_else(data: bytes) -> None:
    with pytest.raises(NotAnImage, match="damaged or cut off"):
        verify(data)
