"""Edits that let it snow, rain, or grow misty."""

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from imagestudio.sandbox.pictures import noise
from imagestudio.sandbox.pictures.edits.order import Order, keeping_alpha, overlay


def snow(image: Image.Image, order: Order) -> Image.Image:
    """A cold light and flakes at three distances, the nearest soft."""
    cold = keeping_alpha(
        image,
        lambda rgb: Image.blend(
            ImageEnhance.Color(rgb).enhance(0.6), Image.new("RGB", rgb.size, "#dfe8f2"), 0.24
        ),
    )
    unit = (image.width * image.height) ** 0.5
    for count, size, soft in ((900, 0.0022, 0.0), (260, 0.0045, 0.0008), (46, 0.011, 0.004)):
        mask = Image.new("L", image.size)
        on = ImageDraw.Draw(mask)
        for x, y, share in order.rng.random((count, 3)):
            radius = max(0.7, unit * size * (0.5 + share))
            x, y = x * image.width, y * image.height
            on.ellipse((x - radius, y - radius, x + radius, y + radius), fill=int(150 + 90 * share))
        cold = overlay(cold, _white(mask.filter(ImageFilter.GaussianBlur(unit * soft)) if soft else mask))
    return cold


def rain(image: Image.Image, order: Order) -> Image.Image:
    """Grey light and slanting streaks."""
    grey = keeping_alpha(
        image,
        lambda rgb: Image.blend(
            ImageEnhance.Color(ImageEnhance.Brightness(rgb).enhance(0.82)).enhance(0.6),
            Image.new("RGB", rgb.size, "#5d6d80"),
            0.2,
        ),
    )
    unit = (image.width * image.height) ** 0.5
    mask = Image.new("L", image.size)
    on = ImageDraw.Draw(mask)
    for x, y, share in order.rng.random((700, 3)):
        long = unit * (0.03 + 0.05 * share)
        x, y = x * image.width * 1.1, y * image.height * 1.1 - long
        wide = max(1, round(unit * 0.0016 * (0.6 + share)))
        on.line((x, y, x - long * 0.22, y + long), fill=int(50 + 110 * share), width=wide)
    return overlay(grey, _white(mask.filter(ImageFilter.GaussianBlur(unit * 0.0006))))


def mist(image: Image.Image, order: Order) -> Image.Image:
    """Fog that lies thickest below the middle."""
    small = (256, max(2, round(256 * image.height / image.width)))
    drift = noise.field(order.rng, *small, 2, 4, 4)
    down = np.linspace(-1, 1, small[1], dtype=np.float32)[:, None]
    thick = np.clip(0.3 + 0.75 * np.exp(-(((down - 0.2) / 0.55) ** 2)) * (0.35 + drift), 0, 0.92)
    mask = Image.fromarray((thick * 225).astype(np.uint8)).resize(image.size, Image.Resampling.BICUBIC)
    return overlay(image, _white(mask, (232, 236, 240)))


def _white(mask: Image.Image, colour: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    layer = Image.new("RGBA", mask.size, colour)
    layer.putalpha(mask)
    return layer
