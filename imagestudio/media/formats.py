"""What picture bytes are: type and size, read from the bytes, never believed from a name or header."""

import io
import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from imagestudio.core.errors import Explained
from imagestudio.core.messages import Message
from imagestudio.core.units import MAX_PIXELS
from imagestudio.media import png
from imagestudio.media.effort import count
from imagestudio.media.export import jpeg
from imagestudio.media.kinds import HEAD, other_kind

if TYPE_CHECKING:
    from PIL import Image

# Pillow's name for a format, and ours. MPO is a JPEG with further JPEGs behind it (phone cameras).
RASTER = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
}
SVG = "image/svg+xml"
NO_PICTURE = "application/octet-stream"
"""Of paid bytes that are none."""
EXTENSIONS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/gif": ".gif",
    SVG: ".svg",
    # What a provider may send and nobody here decodes: see `identify`.
    "image/heic": ".heic",
    "image/heif": ".heif",
    "image/jxl": ".jxl",
    "image/jp2": ".jp2",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/x-icon": ".ico",
    "image/vnd.adobe.photoshop": ".psd",
    "image/qoi": ".qoi",
    NO_PICTURE: ".bin",
}


class NotAnImage(Explained):
    """The bytes are no picture that the studio takes, or a damaged one."""


class TooManyPixels(Explained):
    """The picture is larger than the limit; it was not decoded."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """Type and size in pixels, as stored: an EXIF rotation is not applied, an SVG counts CSS pixels."""

    mime_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A picture that somebody brought, as a provider is to see it: see `intake.take_in`."""

    data: bytes
    info: MediaInfo
    notice: Message | None = None
    """What was done to it."""


def inspect(data: bytes | Path, *, max_pixels: int = MAX_PIXELS) -> MediaInfo:
    """Type and size of a PNG, JPEG, WebP, AVIF, GIF or SVG, from its header: no pixel is decoded.

    Blocking; run it in a thread. Raises `NotAnImage`, `TooManyPixels`, and `OSError` for an unreadable path.
    """
    return _read(data, max_pixels, completely=False)


def verify(data: bytes | Path, *, max_pixels: int = MAX_PIXELS) -> MediaInfo:
    """As `inspect`, and decodes the picture (an animation's first frame): damaged, cut-off bytes are refused.

    Blocking, up to a second for the largest. Raises as `inspect` does.
    """
    return _read(data, max_pixels, completely=True)


def shrink(data: bytes, side: int) -> bytes:
    """A WebP of a raster picture, its longer side at most `side` pixels, turned as its EXIF says.

    Blocking, up to a second for the largest. Raises `NotAnImage`, `TooManyPixels`.
    """
    from PIL import ImageOps

    with io.BytesIO(data) as file, open_raster(file) as image:
        _check_size(image.width, image.height, MAX_PIXELS)
        try:
            image.thumbnail((side, side))
            upright = ImageOps.exif_transpose(image)
            buffer = io.BytesIO()
            upright.convert("RGBA" if upright.has_transparency_data else "RGB").save(buffer, "WEBP", method=0)
        except MemoryError:  # says nothing of the picture
            raise
        except Exception as error:  # as in open_raster
            raise NotAnImage(Message("image.damaged")) from error
    return buffer.getvalue()


def extension(mime_type: str) -> str:
    """The file name ending, dot included, for a type that `inspect` names. Raises `ValueError` for others."""
    try:
        return EXTENSIONS[mime_type]
    except KeyError:
        raise ValueError(f"{mime_type!r} is not one of {', '.join(EXTENSIONS)}.") from None


def _read(data: bytes | Path, max_pixels: int, *, completely: bool) -> MediaInfo:
    with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as file:
        head = file.read(HEAD)
        file.seek(0)
        if not head:
            raise NotAnImage(Message("image.empty"))
        if _looks_like_xml(head):
            return _read_svg(file, head, max_pixels, completely=completely)
        return _read_raster(file, max_pixels, completely=completely)


def _looks_like_xml(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16; an MP3 begins alike and fails in the parser
        return True
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(b"<")


def _read_svg(file: IO[bytes], head: bytes, max_pixels: int, *, completely: bool) -> MediaInfo:
    # Python's parser of XML brings its whole web client along: a decoding process starts sooner without.
    from imagestudio.media import svg

    try:
        width, height = svg.measure(iter(lambda: file.read(svg.CHUNK), b""), to_the_end=completely)
    except svg.NotSvg as error:
        raise NotAnImage(other_kind(head) or Message("svg.unusable", reason=error.text)) from error
    _check_size(width, height, max_pixels)
    return MediaInfo(SVG, max(1, round(width)), max(1, round(height)))


def _read_raster(file: IO[bytes], max_pixels: int, *, completely: bool) -> MediaInfo:
    if not completely and (known := png.sides(file.read(png.HEAD))):
        _check_size(*known, max_pixels)
        return MediaInfo("image/png", *known)
    file.seek(0)
    with open_raster(file) as image:
        _check_size(image.width, image.height, max_pixels)
        info = MediaInfo(RASTER[image.format or ""], image.width, image.height)
        if completely:
            _decode(image)
        return info


def for_pixels(data: bytes) -> bytes:
    """A picture's file without damaged parts that only accompany its pixels: readers stumble over them, and
    browsers do not."""
    if data.startswith(png.SIGNATURE):
        return png.for_pixels(data)
    return jpeg.for_pixels(data) if data.startswith(jpeg.SIGNATURE) else data


def open_raster(file: IO[bytes]) -> "Image.Image":
    """Pillow's picture, not decoded yet, while the file is open. Raises `NotAnImage`, `TooManyPixels`."""
    # Pillow knows the first few readers by itself; asked for another it would load all forty that it has.
    from PIL import AvifImagePlugin, Image, PngImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401

    # Pillow warns of 89 megapixels and of flaws it can read past. Ours is a refusal or nothing.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    data = file.read()
    if refusal := count(data).refusal:
        raise NotAnImage(refusal)
    if data.startswith((png.SIGNATURE, jpeg.SIGNATURE)):
        file = io.BytesIO(for_pixels(data))
        PngImagePlugin.MAX_TEXT_CHUNK = png.PROFILE_MAX  # of the profile: texts are gone
    file.seek(0)
    try:
        image = Image.open(file, formats=[name for name in RASTER if name != "MPO"])
    except Image.DecompressionBombError as error:
        raise TooManyPixels(Message("image.far_too_large")) from error
    except UnidentifiedImageError as error:
        raise NotAnImage(_other_kind(file) or Message("image.unknown_kind")) from error
    except Exception as error:  # hostile bytes make Pillow's readers raise nearly anything
        raise NotAnImage(_other_kind(file) or Message("image.bad_header")) from error
    exif = image.info.get("exif", b"")
    if exif and not exif.removeprefix(b"Exif\0\0").startswith(png.TIFF):
        del image.info["exif"]  # Pillow would stumble over it; it says nothing
    return image


def _other_kind(file: IO[bytes]) -> Message | None:
    file.seek(0)
    return other_kind(file.read(HEAD))


def _decode(image: "Image.Image") -> None:
    # A JPEG may be decoded at an eighth of its size: every byte is still read, for a fraction of the memory.
    image.draft(None, (1, 1))
    try:
        image.load()
    except MemoryError:  # as in shrink
        raise
    except Exception as error:  # as in open_raster
        raise NotAnImage(Message("image.damaged_save_again")) from error


def _check_size(width: float, height: float, max_pixels: int) -> None:
    if not math.isfinite(width * height) or width * height > max_pixels:
        raise TooManyPixels(
            Message("image.too_large", width=width, height=height, megapixels=max_pixels / 1e6)
        )
