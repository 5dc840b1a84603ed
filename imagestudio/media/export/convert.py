"""A picture in another format and size, and what it is not any more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.media import formats as media
from imagestudio.media import raster
from imagestudio.media.export import c2pa
from imagestudio.media.export.conversion import KINDS, Conversion

Rasterise = Callable[[bytes, int | None], bytes]
"""Draws an SVG as a PNG, its longer side as given in pixels, or of the SVG's own size. Blocking."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted picture; `losses` tells what it is not any more."""

    data: bytes
    mime_type: str
    width: int
    height: int


def convert(source: bytes | Path, conversion: Conversion, rasterise: Rasterise | None = None) -> Converted:
    """The picture so converted: upright, its colour profile kept, every other metadata left behind.

    Blocking, seconds for the largest: run it in a thread or a worker process. Raises `media.NotAnImage`,
    `media.TooManyPixels`, `OSError` for an unreadable path, `InvalidParameter` for an SVG and no `rasterise`.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    if media.inspect(data).mime_type == media.SVG:
        data = rasterise_drawing(data, conversion.longer_side, rasterise)
    with raster.open_picture(data) as image:
        picture = raster.normalise(image, conversion.longer_side)
        if conversion.format == "jpeg":
            picture = raster.flatten_on_white(picture)
        kind, mime_type = KINDS[conversion.format]
        return Converted(
            raster.encode(picture, kind, conversion.quality), mime_type, picture.width, picture.height
        )


def rasterise_drawing(drawing: bytes, longer_side: int | None, rasterise: Rasterise | None) -> bytes:
    """A drawing as a PNG. Raises `InvalidParameter` where nothing rasterises."""
    if rasterise is None:
        raise InvalidParameter(Message("svg.no_pixels"), field="format")
    return rasterise(drawing, longer_side)


Loss = Literal["credentials", "transparency", "animation", "enlarging", "recipe_beside"]
"""credentials: the original's (C2PA) are not part of it. transparency: what shone through is white.
animation: it is the first frame only. enlarging: it is smaller than asked, as the original is.
recipe_beside: the recipe can't be in the file, and comes beside it in a zip."""
SAMPLE_SIDE = 256
"""Pixels at which a drawing tells whether it is transparent anywhere."""


def losses(
    source: bytes | Path, conversion: Conversion, rasterise: Rasterise | None = None
) -> tuple[Loss, ...]:
    """What `convert` will lose or leave out. Blocking; raises as `convert` does."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    return tuple(_losses(data, conversion, rasterise))


def _losses(data: bytes, conversion: Conversion, rasterise: Rasterise | None) -> Iterator[Loss]:
    if c2pa.has_manifest(data):
        yield "credentials"
    drawing = media.inspect(data).mime_type == media.SVG
    with raster.open_picture(rasterise_drawing(data, SAMPLE_SIDE, rasterise) if drawing else data) as image:
        if not drawing and (conversion.longer_side or 0) > max(image.size):
            yield "enlarging"
        if getattr(image, "n_frames", 1) > 1:
            yield "animation"
        if conversion.format == "jpeg" and _shines_through(image):
            yield "transparency"


def _shines_through(image: Image.Image) -> bool:
    if not image.has_transparency_data:
        return False
    return raster.normalise(image).getchannel("A").getextrema() != (255, 255)
