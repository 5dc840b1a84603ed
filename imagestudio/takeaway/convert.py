"""A picture in another format and size."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from imagestudio import media, raster
from imagestudio.errors import InvalidParameter
from imagestudio.takeaway import c2pa
from imagestudio.takeaway.wanted import KINDS, Wanted

Rasterise = Callable[[bytes, int | None], bytes]
"""Draws an SVG as a PNG, its longer side as given in pixels, or of the SVG's own size. Blocking."""


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
