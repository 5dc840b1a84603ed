"""A picture in another format and size."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from imagestudio import media, raster
from imagestudio.errors import InvalidParameter
from imagestudio.takeaway import c2pa

Format = Literal["png", "webp", "jpeg"]
KINDS: dict[Format, tuple[str, str]] = {
    "png": ("PNG", "image/png"),
    "webp": ("WEBP", "image/webp"),
    "jpeg": ("JPEG", "image/jpeg"),
}
"""Pillow's name of each format, and its media type."""
LARGEST_SIDE = 16_383
"""Pixels of a WebP's side, at most (RFC 9649, 2.7.1)."""

Rasterise = Callable[[bytes, int | None], bytes]
"""Draws an SVG as a PNG, its longer side as given in pixels, or of the SVG's own size. Blocking."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a picture shall be made into. Raises `InvalidParameter` for values out of bounds."""

    format: Format
    longer_side: int | None = None
    """Pixels, 1 to 16383; None keeps the size. A picture is never enlarged, a drawing may be."""
    quality: int = 90
    """1 to 100, for WebP and JPEG; PNG loses nothing."""

    def __post_init__(self) -> None:
        if self.format not in KINDS:
            raise InvalidParameter(f"Choose one of {', '.join(KINDS)}.", field="format", allowed=list(KINDS))
        if not 1 <= self.quality <= 100:
            raise InvalidParameter("quality is 1 to 100.", field="quality")
        if self.longer_side is not None and not 1 <= self.longer_side <= LARGEST_SIDE:
            raise InvalidParameter(f"The longer side has 1 to {LARGEST_SIDE} pixels.", field="longer_side")


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted picture, and what is not as in the original or not as asked, in sentences."""

    data: bytes
    mime_type: str
    width: int
    height: int
    notes: tuple[str, ...]


def convert(source: bytes | Path, wanted: Wanted, rasterise: Rasterise | None = None) -> Converted:
    """The picture as wanted: upright, its colour profile kept, every other metadata left behind.

    Blocking, seconds for the largest: run it in a thread or a worker process. Raises `media.NotAnImage`,
    `media.TooManyPixels`, `OSError` for an unreadable path, `InvalidParameter` for an SVG and no `rasterise`.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    notes = []
    if c2pa.has_manifest(data):
        notes.append("The original's content credentials (C2PA) are not part of a converted copy.")
    if media.inspect(data).mime_type == media.SVG:
        data = _drawn(data, wanted, rasterise)
    with raster.opened(data) as image:
        notes += _losses(image, wanted)
        made = raster.plain(image, wanted.longer_side)
        if wanted.format == "jpeg" and made.mode == "RGBA":
            if made.getchannel("A").getextrema() != (255, 255):
                notes.append("JPEG has no transparency: what was transparent is white.")
            made = raster.on_white(made)
        kind, mime_type = KINDS[wanted.format]
        return Converted(
            raster.encoded(made, kind, wanted.quality), mime_type, made.width, made.height, tuple(notes)
        )


def _drawn(data: bytes, wanted: Wanted, rasterise: Rasterise | None) -> bytes:
    if rasterise is None:
        raise InvalidParameter(
            "This drawing can't be turned into pixels here. Take the SVG itself.", field="format"
        )
    return rasterise(data, wanted.longer_side)


def _losses(image: Image.Image, wanted: Wanted) -> list[str]:
    notes = []
    longer = max(image.size)
    if wanted.longer_side is not None and wanted.longer_side > longer:
        notes.append(f"The original is {longer} pixels long and is never enlarged: {longer} it is.")
    if getattr(image, "n_frames", 1) > 1:
        notes.append("Only the first frame of the animation is taken.")
    return notes
