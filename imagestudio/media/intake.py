"""A picture that somebody brought, as a provider is to see it: upright, one frame, without private data."""

from dataclasses import replace
from math import sqrt

from PIL import Image

from imagestudio.core.messages import Message
from imagestudio.core.units import MAX_PIXELS
from imagestudio.media import formats as media
from imagestudio.media import raster
from imagestudio.media.export.chunks import Malformed
from imagestudio.media.private import is_private, without_private

QUALITY = 92
"""Of a JPEG that had to be written anew."""
SMALLER = 0.9
"""Of the side that should do by the numbers: files don't shrink as evenly as their pixels."""
LEAST = 64
"""Pixels of the longer side below which nothing is made smaller."""
ORIENTATION = 0x0112
"""The EXIF tag; 5 to 8 lie on their side (CIPA DC-008, 4.6.4)."""
WEBP_ANIMATION, WEBP_ALPHA = 0x02, 0x10
"""Bits of VP8X's first byte (RFC 9649, 2.7.1)."""


def take_in(data: bytes, *, max_bytes: int, max_pixels: int, scale: bool) -> media.TakenIn:
    """The picture upright, of an animation the first frame, and without what its file tells besides; the
    bytes that came where it is that already. To `scale`, it is brought down to so many bytes and pixels.

    A photograph (JPEG) stays JPEG; all else that is written anew becomes PNG, or JPEG where it is opaque and
    its PNG too large. Transparency and the colour profile are kept. A drawing comes back as it is. Blocking,
    seconds for the largest. Raises `media.NotAnImage`, and `media.TooManyPixels` over the limit or, to
    `scale`, over 100 megapixels.
    """
    info = media.verify(data, max_pixels=MAX_PIXELS if scale else max_pixels)
    if info.mime_type == media.SVG:
        return media.TakenIn(data, info)
    with raster.open_picture(_with_transparency(data)) as image:
        orientation = image.getexif().get(ORIENTATION, 1)
        animated = image.format != "MPO" and getattr(image, "is_animated", False)
        private = is_private(image)
        within = len(data) <= max_bytes and info.width * info.height <= max_pixels
        if orientation == 1 and not animated and info.mime_type != "image/gif" and (within or not scale):
            try:
                return _undisturbed(data, info, private)
            except Malformed:
                pass
        if animated and image.info.get("default_image"):
            image.seek(1)  # a PNG's picture for those who can't show its animation is no frame of it
        return _rewritten(image, info, private, orientation, animated, max_bytes, max_pixels)


def _with_transparency(data: bytes) -> bytes:
    """An animated WebP that says it is opaque, while its frames may not be: browsers look at these."""
    animated = data[8:16] == b"WEBPVP8X" and len(data) > 20 and data[20] & WEBP_ANIMATION
    return data[:20] + bytes([data[20] | WEBP_ALPHA]) + data[21:] if animated else data


def _undisturbed(data: bytes, info: media.MediaInfo, private: bool) -> media.TakenIn:
    """The same pixels, untouched. Raises `Malformed` where only writing it anew leaves out the rest."""
    plain = without_private(data)
    private = plain.told or (private and plain.data != data)
    # A provider's reader may be stricter than a browser.
    readable = media.for_pixels(plain.data)
    return media.TakenIn(readable, info, _done([Message("fit.private")]) if private else None)


def _rewritten(
    image: Image.Image,
    info: media.MediaInfo,
    private: bool,
    orientation: int,
    animated: bool,
    max_bytes: int,
    max_pixels: int,
) -> media.TakenIn:
    upright = (info.height, info.width) if orientation in range(5, 9) else (info.width, info.height)
    photo = image.format in ("JPEG", "MPO")
    picture = raster.normalise(image, _side(upright, max_pixels))
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = raster.flatten_on_white(picture)
    encoded, mime_type = _shrink_until_it_fits(picture, photo, max_bytes, max_pixels)
    steps = []
    if picture.size != upright:
        steps.append(Message("fit.scaled", old=_sides(upright), new=_sides(picture.size)))
    steps += [Message("fit.turned")] if orientation != 1 else []
    steps += [Message("fit.first_frame")] if animated else []
    steps += [Message("fit.private")] if private else []
    if not steps and info.mime_type != "image/gif":
        steps = [Message("fit.rewritten")]
    width, height = picture.size
    made = replace(info, mime_type=mime_type, width=width, height=height)
    return media.TakenIn(encoded, made, _done(steps) if steps else None)


def _done(steps: list[Message]) -> Message:
    return Message("fit.done", steps=steps)


def _side(size: tuple[int, int], max_pixels: int) -> int:
    """The longer side of a picture of that shape with so many pixels; its own where it has fewer."""
    longer, area = max(size), size[0] * size[1]
    return longer if area <= max_pixels else max(1, int(longer * sqrt(max_pixels / area)))


def _shrink_until_it_fits(
    image: Image.Image, photo: bool, max_bytes: int, max_pixels: int
) -> tuple[bytes, str]:
    """The picture's file, the picture (in place) made smaller until it is within the limits."""
    while True:
        data, mime_type = _encode(image, photo, max_bytes)
        over = max(len(data) / max_bytes, image.width * image.height / max_pixels)
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
