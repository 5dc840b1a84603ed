"""Edits of sharpness and of one place: something is taken away, put in, or the surroundings are exchanged."""

import numpy as np
from PIL import Image, ImageFilter

from imagestudio.sandbox.pictures import canvas
from imagestudio.sandbox.pictures.colour import WHITE, Floats, mix
from imagestudio.sandbox.pictures.edits.order import Order, keeping_alpha
from imagestudio.sandbox.pictures.solids import ball


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


def remove(image: Image.Image, order: Order) -> Image.Image:
    """A soft patch where something stood, filled with what surrounds it."""
    return keeping_alpha(image, lambda rgb: _filled(rgb, _spot(order)))


def place(image: Image.Image, order: Order) -> Image.Image:
    """A round thing with its shadow in the palette's colours: a hint at whatever was named."""
    return keeping_alpha(image, lambda rgb: _placed(rgb, order, _spot(order)))


def replace(image: Image.Image, order: Order) -> Image.Image:
    """Something taken away and a round thing put in its place."""
    spot = _spot(order)
    return keeping_alpha(image, lambda rgb: _placed(_filled(rgb, spot), order, spot))


def background(image: Image.Image, order: Order) -> Image.Image:
    """A plain studio wall in the palette's colours behind the middle of the picture."""

    def change(rgb: Image.Image) -> Image.Image:
        ramp = order.palette.ramp
        wall = canvas.sky(
            rgb.width, rgb.height, [ramp[3], mix(ramp[3], ramp[4], 0.7), mix(ramp[4], WHITE, 0.2)]
        )
        return Image.composite(rgb, canvas.finish(wall, order.rng), middle(rgb.size))

    return keeping_alpha(image, change)


def _spot(order: Order) -> tuple[float, float]:
    """Where: the side that the words name, else one of the thirds."""
    thirds = (0.33, 0.67)
    x = 0.25 if order.says("left") else 0.75 if order.says("right") else thirds[int(order.rng.integers(2))]
    y = (
        0.28
        if order.says("top", "above", "sky")
        else 0.72
        if order.says("bottom", "below", "front")
        else 0.62
    )
    return x, y


def _filled(rgb: Image.Image, spot: tuple[float, float]) -> Image.Image:
    side = min(rgb.size)
    around = rgb.filter(ImageFilter.GaussianBlur(side * 0.07))
    # Drawn out sideways, as surroundings mostly run from left to right.
    around = around.resize((max(1, rgb.width // 24), rgb.height)).resize(rgb.size, Image.Resampling.BICUBIC)
    return Image.composite(around, rgb, _patch(rgb.size, spot))


def _patch(size: tuple[int, int], spot: tuple[float, float]) -> Image.Image:
    width, height = size
    away: Floats = canvas.distance(width, height, spot[0] * width, spot[1] * height) / (min(size) * 0.2)
    return Image.fromarray((np.clip((1.25 - away) / 0.35, 0, 1) * 255).astype(np.uint8))


def _placed(rgb: Image.Image, order: Order, spot: tuple[float, float]) -> Image.Image:
    picture = np.asarray(rgb, np.float32) / 255
    radius = min(rgb.size) * 0.125
    ball(picture, (spot[0] * rgb.width, spot[1] * rgb.height + radius), radius, order.palette.ramp[2])
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
