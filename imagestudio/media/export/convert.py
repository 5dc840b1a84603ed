"""A picture in another format and size."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imagestudio.core.errors import InvalidParameter
from imagestudio.media import formats as media
from imagestudio.media import raster
from imagestudio.media.export.wanted import KINDS, Wanted

Rasterise = Callable[[bytes, int | None], bytes]
"""Draws an SVG as a PNG, its longer side as given in pixels, or of the SVG's own size. Blocking."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted picture; `losses.losses` tells what it is not any more."""

    data: bytes
    mime_type: str
    width: int
    height: int


def convert(source: bytes | Path, wanted: Wanted, rasterise: Rasterise | None = None) -> Converted:
    """The picture as wanted: upright, its colour profile kept, every other metadata left behind.

    Blocking, seconds for the largest: run it in a thread or a worker process. Raises `media.NotAnImage`,
    `media.TooManyPixels`, `OSError` for an unreadable path, `InvalidParameter` for an SVG and no `rasterise`.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    if media.inspect(data).mime_type == media.SVG:
        data = drawn(data, wanted.longer_side, rasterise)
    with raster.opened(data) as image:
        made = raster.plain(image, wanted.longer_side)
        if wanted.format == "jpeg":
            made = raster.on_white(made)
        kind, mime_type = KINDS[wanted.format]
        return Converted(raster.encoded(made, kind, wanted.quality), mime_type, made.width, made.height)


def drawn(drawing: bytes, longer_side: int | None, rasterise: Rasterise | None) -> bytes:
    """A drawing as a PNG. Raises `InvalidParameter` where nothing rasterises."""
    if rasterise is None:
        raise InvalidParameter(
            "This drawing can't be turned into pixels here. Take the SVG itself.", field="format"
        )
    return rasterise(drawing, longer_side)
