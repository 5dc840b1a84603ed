"""The small pill in the corner that says a picture is a demo."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from imagestudio.sandbox.pictures.colour import Floats
from imagestudio.sandbox.pictures.typeset import font

WORD = "demo"
_PILL = (22, 22, 26)
_TEXT = (246, 245, 242)


@dataclass(frozen=True)
class Place:
    """Where the mark stands in a picture of a given size: its box and its letters' size, in pixels."""

    left: int
    top: int
    width: int
    height: int
    size: float


def place(width: int, height: int) -> Place:
    """The bottom right corner; letters of 2 % of the picture, at least 11 px while there is room for them."""
    size = min(max(11.0, (width * height) ** 0.5 * 0.0165), width / 4.5, height / 2.2)
    pill_width, pill_height = max(1, round(size * 3.5)), max(1, round(size * 1.6))
    gap = round(min(size * 0.8, (width - pill_width) / 2, (height - pill_height) / 2))
    return Place(width - pill_width - gap, height - pill_height - gap, pill_width, pill_height, size)


def stamp(image: Image.Image) -> Image.Image:
    """The picture (RGB or RGBA) with the mark, opaque in a transparent one."""
    at = place(*image.size)
    pill, mask = _pill(at)
    marked = image.copy()
    marked.paste(pill.convert(image.mode), (at.left, at.top), mask)
    return marked


def lift(image: Image.Image) -> Image.Image:
    """The picture without a mark that stamp() put there, as an edit should not turn or double it."""
    at = place(*image.size)
    if min(image.size) < 16 or not _has_mark(image, at):
        return image
    pixels = np.asarray(image, np.float32).copy()
    margin = 2
    top, left = max(1, at.top - margin), max(1, at.left - margin)
    bottom = min(image.height - 1, at.top + at.height + margin)
    right = min(image.width - 1, at.left + at.width + margin)
    pixels[top:bottom, left:right] = _between(pixels, top, left, bottom, right)
    return Image.fromarray((pixels + 0.5).astype(np.uint8))


def _between(pixels: Floats, top: int, left: int, bottom: int, right: int) -> Floats:
    """What the box may hide: the pixels round its edge, each side the more the nearer it is."""
    rows = np.arange(1, bottom - top + 1, dtype=np.float32)[:, None, None]
    columns = np.arange(1, right - left + 1, dtype=np.float32)[None, :, None]
    sides = (
        (pixels[top - 1 : top, left:right], rows),
        (pixels[bottom : bottom + 1, left:right], bottom - top + 1 - rows),
        (pixels[top:bottom, left - 1 : left], columns),
        (pixels[top:bottom, right : right + 1], right - left + 1 - columns),
    )
    mixed = np.zeros((bottom - top, right - left, pixels.shape[2]), np.float32)
    weights = np.zeros((bottom - top, right - left, 1), np.float32)
    for edge, away in sides:
        mixed += edge / away**1.5
        weights += 1 / away**1.5
    return mixed / weights


def _pill(at: Place) -> tuple[Image.Image, Image.Image]:
    scale = 4
    large = Image.new("RGB", (at.width * scale, at.height * scale), _PILL)
    ImageDraw.Draw(large).text(
        (at.width * scale / 2, at.height * scale * 0.49), WORD, _TEXT, font(at.size * scale), anchor="mm"
    )
    mask = Image.new("L", large.size)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, large.width - 1, large.height - 1), large.height / 2, fill=235
    )
    return large.reduce(scale), mask.reduce(scale)


def _has_mark(image: Image.Image, at: Place) -> bool:
    pill, mask = _pill(at)
    box = (at.left, at.top, at.left + at.width, at.top + at.height)
    here = np.asarray(image.convert("RGB").crop(box), np.float32)
    inside = np.asarray(mask) > 230
    # The pill lets a twelfth of the picture through, and JPEG blurs it a little.
    return bool(np.abs(here - np.asarray(pill, np.float32))[inside].mean() < 26)
