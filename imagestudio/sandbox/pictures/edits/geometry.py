"""Edits of shape and place: these alone may change a picture's size."""

import re

from PIL import Image

from imagestudio.sandbox.pictures.edits.order import Order

_DEGREES = re.compile(r"(-?\d{1,3})\s*(?:°|deg)")


def crop(image: Image.Image, order: Order) -> Image.Image:
    """The middle: as a square if the words say so, else without a tenth on every side."""
    width, height = image.size
    if order.says("square") or "1:1" in order.text:
        side = min(width, height)
        if width == height:
            side = max(1, round(side * 0.8))
        left, top = (width - side) // 2, (height - side) // 2
        return image.crop((left, top, left + side, top + side))
    return image.crop((width // 10, height // 10, width - width // 10, height - height // 10))


def zoom(image: Image.Image, order: Order) -> Image.Image:
    """Nearer, at the same size."""
    width, height = image.size
    box = (width * 0.2, height * 0.2, width * 0.8, height * 0.8)
    return image.resize(image.size, Image.Resampling.BICUBIC, box)


def rotate(image: Image.Image, order: Order) -> Image.Image:
    """By the degrees named, clockwise; else a quarter turn, to the left if the words say left."""
    found = _DEGREES.search(order.text)
    degrees = int(found.group(1)) if found else 90
    if order.says("left", "counterclockwise", "anticlockwise"):
        degrees = -degrees
    if degrees % 90 == 0:
        return image.rotate(-degrees, expand=True)
    return image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_outside(image))


def flip(image: Image.Image, order: Order) -> Image.Image:
    """Left for right, or top for bottom when the words say so."""
    upside = order.says("vertical", "vertically", "upside", "down")
    return image.transpose(Image.Transpose.FLIP_TOP_BOTTOM if upside else Image.Transpose.FLIP_LEFT_RIGHT)


def _outside(image: Image.Image) -> tuple[int, ...]:
    return (0, 0, 0, 0) if image.mode == "RGBA" else (255, 255, 255)
