"""Edits of light and colour."""

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from imagestudio.sandbox.pictures.colour import Colour, Floats, along, to_bytes
from imagestudio.sandbox.pictures.edits.order import Order, keeping_alpha


def black_and_white(image: Image.Image, order: Order) -> Image.Image:
    """Grey, with a little more contrast than before."""
    return keeping_alpha(
        image, lambda rgb: ImageOps.autocontrast(ImageOps.grayscale(rgb), (0.5, 0.5)).convert("RGB")
    )


def sepia(image: Image.Image, order: Order) -> Image.Image:
    """Brown as an old photograph."""
    return keeping_alpha(
        image, lambda rgb: ImageOps.colorize(ImageOps.grayscale(rgb), "#23150c", "#fff2d9", mid="#a67c52")
    )


def invert(image: Image.Image, order: Order) -> Image.Image:
    """Every colour as its opposite."""
    return keeping_alpha(image, ImageOps.invert)


def warmer(image: Image.Image, order: Order) -> Image.Image:
    """Towards amber."""
    return keeping_alpha(image, lambda rgb: _gains(rgb, (1.14, 1.02, 0.8)))


def cooler(image: Image.Image, order: Order) -> Image.Image:
    """Towards blue."""
    return keeping_alpha(image, lambda rgb: _gains(rgb, (0.82, 0.98, 1.15)))


def brighter(image: Image.Image, order: Order) -> Image.Image:
    """Lighter, the shadows most."""
    return keeping_alpha(image, lambda rgb: _curve(rgb, 0.68))


def darker(image: Image.Image, order: Order) -> Image.Image:
    """Darker, the highlights least."""
    return keeping_alpha(image, lambda rgb: _curve(rgb, 1.55))


def vivid(image: Image.Image, order: Order) -> Image.Image:
    """More colour and contrast."""
    return keeping_alpha(
        image, lambda rgb: ImageEnhance.Contrast(ImageEnhance.Color(rgb).enhance(1.65)).enhance(1.18)
    )


def faded(image: Image.Image, order: Order) -> Image.Image:
    """Less colour, lifted shadows and a warm cast, as an old print."""
    return keeping_alpha(
        image,
        lambda rgb: _gains(
            Image.blend(ImageEnhance.Color(rgb).enhance(0.55), Image.new("RGB", rgb.size, "#d8b98f"), 0.22),
            (1.04, 1.0, 0.93),
        ),
    )


def recolour(image: Image.Image, order: Order) -> Image.Image:
    """The picture in the palette that the words name, light as it was, with some of its own colours left."""
    return keeping_alpha(image, lambda rgb: mapped(rgb, order.palette.ramp, 0.84))


def mapped(rgb: Image.Image, stops: tuple[Colour, ...], share: float) -> Image.Image:
    """Every grey level as its place on the gradient through the stops, mixed with the picture itself."""
    levels = np.linspace(0, 1, 256, dtype=np.float32)
    table = (along(stops, levels) * 255).astype(np.uint8)
    grey = ImageOps.autocontrast(ImageOps.grayscale(rgb), (1, 1))
    return Image.blend(rgb, Image.fromarray(table[np.asarray(grey)]), share)


def night(image: Image.Image, order: Order) -> Image.Image:
    """Dark and blue, with stars where the sky was light."""
    return keeping_alpha(image, lambda rgb: _stars(_dark_blue(rgb), rgb, order))


def _dark_blue(rgb: Image.Image) -> Image.Image:
    grey = ImageEnhance.Color(rgb).enhance(0.5)
    return _gains(_curve(grey, 1.35), (0.42, 0.53, 0.84))


def _stars(dark: Image.Image, day: Image.Image, order: Order) -> Image.Image:
    light = np.asarray(ImageOps.grayscale(day).resize((64, 64)), np.float32) / 255
    canvas = np.asarray(dark).copy()
    height, width = canvas.shape[:2]
    size = max(1, round((width * height) ** 0.5 / 700))
    for x, y, glow in order.rng.random((240, 3)):
        y = y**1.3 * 0.62
        if light[int(y * 64), int(x * 64)] > 0.42:
            top, left = int(y * height), int(x * width)
            canvas[top : top + size, left : left + size] = int(140 + 110 * glow)
    return Image.fromarray(canvas)


def _gains(rgb: Image.Image, gains: tuple[float, float, float]) -> Image.Image:
    table = [min(255, round(level * gain)) for gain in gains for level in range(256)]
    return rgb.point(table)


def _curve(rgb: Image.Image, power: float) -> Image.Image:
    return rgb.point([round(255 * (level / 255) ** power) for level in range(256)] * 3)


def deepen(image: Image.Image, order: Order) -> Image.Image:
    """Shade towards the corners: the least that can be seen on any picture."""
    return keeping_alpha(image, lambda rgb: Image.composite(rgb, _tint(rgb, order), _vignette(rgb.size)))


def _tint(rgb: Image.Image, order: Order) -> Image.Image:
    return Image.blend(rgb, Image.new("RGB", rgb.size, to_bytes(order.palette.ink)), 0.62)


def _vignette(size: tuple[int, int]) -> Image.Image:
    across = np.linspace(-1, 1, 128, dtype=np.float32) ** 2
    away: Floats = across[None, :] + across[:, None]
    return Image.fromarray((255 * np.clip(1.15 - away, 0, 1)).astype(np.uint8)).resize(size)
