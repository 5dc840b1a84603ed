"""The small pill in the corner that says a picture is a demo."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

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
    if not _has_mark(image, at):
        return image
    rgb = np.asarray(image).copy()
    margin = 2
    top, left = max(0, at.top - margin), max(0, at.left - margin)
    bottom = min(image.height, at.top + at.height + margin)
    right = min(image.width, at.left + at.width + margin)
    # What stands just above, upside down, is what most likely continues below.
    above = rgb[max(0, 2 * top - bottom) : top, left:right][::-1]
    if len(above) == 0:
        return image
    rows = np.minimum(np.arange(bottom - top), len(above) - 1)
    rgb[top:bottom, left:right] = above[rows]
    return Image.fromarray(rgb)


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
