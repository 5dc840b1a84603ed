"""Edits of sharpness."""

import numpy as np
from PIL import Image, ImageFilter

from imagestudio.sandbox.pictures.edits.order import Order, keeping_alpha


def blur(image: Image.Image, order: Order) -> Image.Image:
    """All of it out of focus, or what surrounds the middle when the words speak of the background."""
    radius = max(2.0, (image.width * image.height) ** 0.5 * 0.012)
    soft = keeping_alpha(image, lambda rgb: rgb.filter(ImageFilter.GaussianBlur(radius)))
    if order.says("background", "bokeh", "depth", "behind"):
        return Image.composite(image, soft, middle(image.size))
    return soft


def sharpen(image: Image.Image, order: Order) -> Image.Image:
    """Crisper edges and a little more local contrast."""
    wide = max(2.0, (image.width * image.height) ** 0.5 * 0.02)
    return keeping_alpha(
        image,
        lambda rgb: rgb.filter(ImageFilter.UnsharpMask(wide, 45, 0)).filter(
            ImageFilter.UnsharpMask(2, 190, 1)
        ),
    )


def middle(size: tuple[int, int]) -> Image.Image:
    """A mask, soft at its edge, of where a subject most likely is."""
    across = np.linspace(-1, 1, 160, dtype=np.float32)[None, :] / 0.52
    down = (np.linspace(-1, 1, 160, dtype=np.float32)[:, None] - 0.08) / 0.68
    away = np.sqrt(across**2 + down**2)
    mask = np.clip((1.25 - away) / 0.5, 0, 1)
    return Image.fromarray((mask * mask * (3 - 2 * mask) * 255).astype(np.uint8)).resize(size)
