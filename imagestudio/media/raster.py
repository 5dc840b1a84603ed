"""Pictures of pixels, opened and made plain: upright, in a mode that every format here can hold.

All of it blocks, up to seconds for the largest pictures: run it in a thread or a worker process.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from PIL import Image, ImageCms, ImageOps

from imagestudio.core.messages import Message
from imagestudio.core.units import MAX_PIXELS
from imagestudio.media import formats as media

PLAIN = ("L", "RGB", "RGBA")
SPACES = {"L": b"GRAY", "RGB": b"RGB ", "RGBA": b"RGB "}
"""The colour space that an ICC profile names in its header (ICC.1:2022, 7.2.6), by mode."""


@contextmanager
def open_picture(source: bytes | Path, *, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """The first frame of a picture, not decoded yet.

    What its decoder raises in the block comes out as `media.NotAnImage`. Raises that, also for an SVG,
    `media.TooManyPixels`, and `OSError` for an unreadable path.
    """
    if media.inspect(source, max_pixels=max_pixels).mime_type == media.SVG:
        raise media.NotAnImage(Message("image.svg_without_pixels"))
    file = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with file, media.open_raster(file) as image:
        try:
            yield image
        except (OSError, SyntaxError, ValueError, EOFError) as error:  # Pillow's decoders share no base class
            raise media.NotAnImage(Message("image.damaged_save_again")) from error


def normalise(image: Image.Image, longer_side: int | None = None) -> Image.Image:
    """The picture upright and as grey, RGB or RGBA, at most `longer_side` pixels on its longer side.

    Keeps in `info["icc_profile"]` a profile that still describes the pixels, and only that.
    """
    if longer_side is not None:
        image.thumbnail((longer_side, longer_side), Image.Resampling.LANCZOS)
    upright = _in_plain_mode(ImageOps.exif_transpose(image))
    profile = cast("bytes | None", upright.info.get("icc_profile"))
    fits = profile is not None and profile[16:20] == SPACES[upright.mode]
    upright.info = {"icc_profile": profile} if fits else {}
    return upright


def flatten_on_white(image: Image.Image) -> Image.Image:
    """A plain picture without transparency: what shone through is white."""
    if image.mode != "RGBA":
        return image
    mat = Image.new("RGB", image.size, "white")
    mat.paste(image, mask=image.getchannel("A"))
    mat.info = dict(image.info)
    return mat


def encode(image: Image.Image, kind: str, quality: int) -> bytes:
    """A plain picture as a "PNG", "JPEG" or "WEBP" file, with its profile. PNG has no quality to choose."""
    options: dict[str, Any] = {} if kind == "PNG" else {"quality": quality}
    if kind == "JPEG" and quality >= 90:
        options["subsampling"] = 0  # full colour resolution, as red letters on white need it
    buffer = io.BytesIO()
    image.save(buffer, kind, icc_profile=image.info.get("icc_profile"), **options)
    return buffer.getvalue()


def _in_plain_mode(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in PLAIN:
        return image
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow's own conversion cuts off at 255
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode == "CMYK":
        return _from_print(image)
    return image.convert("RGB")


def _from_print(image: Image.Image) -> Image.Image:
    """CMYK as the screen shows it, by the picture's own profile where it has one that works."""
    profile = image.info.get("icc_profile")
    if profile is None:
        return image.convert("RGB")
    try:
        screen = ImageCms.profileToProfile(
            image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")
    return screen if screen is not None else image.convert("RGB")
