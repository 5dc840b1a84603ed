"""A picture brought down to what a model takes, before it is uploaded."""

from dataclasses import dataclass
from math import sqrt

from PIL import Image

from imagestudio.catalog.spec import SourceImage
from imagestudio.core.messages import Message
from imagestudio.media import formats as media
from imagestudio.media import raster

QUALITY = 92
"""Of a JPEG that had to be written anew."""
SMALLER = 0.9
"""Of the side that should do by the numbers: files don't shrink as evenly as their pixels."""
LEAST = 64
"""Pixels of the longer side below which nothing is made smaller."""
ORIENTATION = 0x0112
"""The EXIF tag; 5 to 8 lie on their side (CIPA DC-008, 4.6.4)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture that the model takes."""

    data: bytes
    mime_type: str
    width: int
    height: int
    notice: Message | None
    """What was done to it; None where the bytes are the ones that came."""


def fit(data: bytes, how: SourceImage, *, flatten: bool = False) -> Fitted:
    """The picture within the model's bytes and pixels, and upright; untouched where it is that already.

    A photograph (JPEG) stays JPEG, all else becomes PNG, or JPEG where it is opaque and its PNG too large.
    Transparency is kept; with `flatten`, for a model that takes none, it becomes white. The colour profile is
    kept, a changed picture's other metadata is not. Blocking, seconds for the largest. Raises
    `media.NotAnImage`, and `media.TooManyPixels` over 100 megapixels.
    """
    info = media.inspect(data)
    with raster.open_picture(data) as image:
        orientation = image.getexif().get(ORIENTATION, 1)
        clear = flatten and image.has_transparency_data
        within = len(data) <= how.max_bytes and info.width * info.height <= how.max_pixels
        if within and orientation == 1 and not clear:
            return Fitted(data, info.mime_type, info.width, info.height, None)
        upright = (info.height, info.width) if orientation in range(5, 9) else (info.width, info.height)
        steps = _first_steps(image, orientation)
        photo = image.format in ("JPEG", "MPO")
        picture = raster.normalise(image, _side(upright, how.max_pixels))
    if picture.mode == "RGBA" and (clear or picture.getchannel("A").getextrema() == (255, 255)):
        picture = raster.flatten_on_white(picture)
    steps += [Message("fit.on_white")] if clear else []
    encoded, mime_type = _shrink_until_it_fits(picture, photo, how)
    if picture.size != upright:
        steps.insert(0, Message("fit.scaled", old=_sides(upright), new=_sides(picture.size)))
    if not steps:
        steps = [Message("fit.rewritten")]
    return Fitted(encoded, mime_type, *picture.size, Message("fit.done", steps=steps))


def _first_steps(image: Image.Image, orientation: int) -> list[Message]:
    steps = [Message("fit.turned")] if orientation != 1 else []
    return [*steps, Message("fit.first_frame")] if getattr(image, "n_frames", 1) > 1 else steps


def _side(size: tuple[int, int], max_pixels: int) -> int:
    """The longer side of a picture of that shape with so many pixels; its own where it has fewer."""
    longer, area = max(size), size[0] * size[1]
    return longer if area <= max_pixels else max(1, int(longer * sqrt(max_pixels / area)))


def _shrink_until_it_fits(image: Image.Image, photo: bool, how: SourceImage) -> tuple[bytes, str]:
    """The picture's file, the picture (in place) made smaller until it is within the limits."""
    while True:
        data, mime_type = _encode(image, photo, how.max_bytes)
        over = max(len(data) / how.max_bytes, image.width * image.height / how.max_pixels)
        longer = max(image.size)
        if over <= 1 or longer <= LEAST:
            return data, mime_type
        side = max(LEAST, int(longer * SMALLER / sqrt(over)))
        image.thumbnail((side, side), Image.Resampling.LANCZOS)


def _encode(image: Image.Image, photo: bool, max_bytes: int) -> tuple[bytes, str]:
    if not photo or image.mode == "RGBA":
        data = raster.encode(image, "PNG", QUALITY)
        if len(data) <= max_bytes or image.mode == "RGBA":
            return data, "image/png"
    return raster.encode(image, "JPEG", QUALITY), "image/jpeg"


def _sides(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"
