"""What a converted picture is not any more, known before it is made."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from PIL import Image

from imagestudio.media import formats as media
from imagestudio.media import raster
from imagestudio.media.export import c2pa
from imagestudio.media.export.convert import Rasterise, drawn
from imagestudio.media.export.wanted import Wanted

Loss = Literal["credentials", "transparency", "animation", "enlarging", "recipe_beside"]
"""credentials: the original's (C2PA) are not part of it. transparency: what shone through is white.
animation: it is the first frame only. enlarging: it is smaller than asked, as the original is.
recipe_beside: the recipe can't be in the file, and comes beside it in a zip."""
SAMPLE_SIDE = 256
"""Pixels at which a drawing tells whether it is transparent anywhere."""


def losses(source: bytes | Path, wanted: Wanted, rasterise: Rasterise | None = None) -> tuple[Loss, ...]:
    """What `convert` will lose or leave out. Blocking; raises as `convert` does."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    return tuple(_losses(data, wanted, rasterise))


def _losses(data: bytes, wanted: Wanted, rasterise: Rasterise | None) -> Iterator[Loss]:
    if c2pa.has_manifest(data):
        yield "credentials"
    drawing = media.inspect(data).mime_type == media.SVG
    with raster.opened(drawn(data, SAMPLE_SIDE, rasterise) if drawing else data) as image:
        if not drawing and (wanted.longer_side or 0) > max(image.size):
            yield "enlarging"
        if getattr(image, "n_frames", 1) > 1:
            yield "animation"
        if wanted.format == "jpeg" and _shines_through(image):
            yield "transparency"


def _shines_through(image: Image.Image) -> bool:
    if not image.has_transparency_data:
        return False
    return raster.plain(image).getchannel("A").getextrema() != (255, 255)
