"""Picture files as people have them: on their side, moving, and telling where they were taken."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112
MARK = "Secret Cove"
"""What the files that tell something tell."""


def half() -> Image.Image:
    """Red, and blue in the half of the right."""
    image = Image.new("RGB", (96, 64), "red")
    image.paste("blue", (48, 0, 96, 64))
    return image


def file_of(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(**tags: Any) -> Image.Exif:
    made = Image.Exif()
    for name, value in tags.items():
        made[{"turned": ORIENTATION, "make": MAKE}[name]] = value
    return made


def located() -> Image.Exif:
    made = exif(make=MARK)
    made.get_ifd(GPS).update({1: "N", 2: (54.0, 28.0, 0.0), 3: "E", 4: (18.0, 33.0, 0.0)})
    return made


def turned(kind: str) -> bytes:
    """96 × 64 in its file, 64 × 96 as it is seen: red above, blue below."""
    return file_of(half(), kind, exif=exif(turned=6))


def moving(kind: str) -> bytes:
    """Red for a moment, then blue, then green."""
    red, *others = (Image.new("RGB", (96, 64), colour) for colour in ("red", "blue", "green"))
    return file_of(red, kind, save_all=True, append_images=others, duration=100)


def telling(kind: str) -> bytes:
    """Where it was taken, and by what."""
    return file_of(half(), kind, exif=located())


def with_note() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Comment", MARK)
    return file_of(half(), "PNG", pnginfo=notes)


def with_tail() -> bytes:
    """As a phone's motion photo, or what a crop has left."""
    return file_of(half(), "JPEG", comment=MARK) + MARK.encode() * 100


def with_second() -> bytes:
    """A JPEG with another one behind it, as phones make them."""
    second = half()
    return file_of(half(), "MPO", save_all=True, append_images=[second])


UPRIGHT, FIRST, PRIVATE = "turned upright", "first frame", "sent without what its file tells"
PHOTOS: list[tuple[Callable[[], bytes], str]] = [
    *((lambda kind=kind: turned(kind), UPRIGHT) for kind in ("JPEG", "PNG", "WEBP", "AVIF")),
    *((lambda kind=kind: moving(kind), FIRST) for kind in ("GIF", "WEBP", "PNG", "AVIF")),
    *((lambda kind=kind: telling(kind), PRIVATE) for kind in ("JPEG", "PNG", "WEBP", "AVIF")),
    (with_note, PRIVATE),
    (with_tail, PRIVATE),
    (with_second, PRIVATE),
]
"""A file, and what is said of it."""


def check_sent(data: bytes, said: str) -> None:
    """What left of such a file: red above all, upright, one frame, and nothing told."""
    with Image.open(io.BytesIO(data)) as image:
        assert image.format != "MPO"
        assert getattr(image, "n_frames", 1) == 1
        assert image.size == ((64, 96) if said == UPRIGHT else (96, 64))
        assert dict(image.getexif()) == {}
        red, _, blue = image.convert("RGB").getpixel((8, 8))
        assert (red > 200, blue < 60) == (True, True)
    assert MARK.encode() not in data
