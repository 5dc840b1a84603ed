"""Painting on an array of floats: gradients, masks, glows, and the finish that makes it look printed."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from imagestudio.sandbox.pictures import noise
from imagestudio.sandbox.pictures.colour import Colour, Floats, along

Point = tuple[float, float]

_SUPERSAMPLE = 3


def sky(width: int, height: int, stops: Sequence[Colour]) -> Floats:
    """A canvas with a gradient from the first stop at the top to the last at the bottom."""
    column = along(stops, np.linspace(0, 1, height, dtype=np.float32))
    return np.repeat(column[:, None, :], width, axis=1)


def flat(width: int, height: int, colour: Colour) -> Floats:
    """A canvas of one colour."""
    return np.full((height, width, 3), colour, np.float32)


def blend(canvas: Floats, mask: Floats, colour: Colour | Floats, top: int = 0, left: int = 0) -> None:
    """Lay a colour, or an array of colours, over the canvas as the mask (0 to 1) says, from top and left."""
    rows, columns = mask.shape
    part = canvas[top : top + rows, left : left + columns]
    part += (np.asarray(colour, np.float32) - part) * mask[..., None]


def shape(width: int, height: int, paint: Callable[[ImageDraw.ImageDraw, int], None]) -> Floats:
    """A mask with smooth edges: the painter draws in 255 at the scale it is told."""
    scale = _SUPERSAMPLE if width * height <= 1_500_000 else 2
    large = Image.new("L", (width * scale, height * scale))
    paint(ImageDraw.Draw(large), scale)
    return mask_of(large.reduce(scale))


def mask_of(image: Image.Image) -> Floats:
    """A grey picture as floats from 0 to 1."""
    return np.asarray(image, np.float32) / 255


def distance(width: int, height: int, x: float, y: float) -> Floats:
    """How far each pixel is from a point."""
    across = np.arange(width, dtype=np.float32)[None, :] - x
    down = np.arange(height, dtype=np.float32)[:, None] - y
    away: Floats = np.sqrt(across * across + down * down)
    return away


def disc(canvas: Floats, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
    """A filled circle with a smooth edge; parts outside the canvas are left off."""
    height, width = canvas.shape[:2]
    left, top = max(0, int(x - radius - 2)), max(0, int(y - radius - 2))
    right, bottom = min(width, int(x + radius + 3)), min(height, int(y + radius + 3))
    if right <= left or bottom <= top:
        return
    away = distance(right - left, bottom - top, x - left, y - top)
    blend(canvas, np.clip(radius - away + 0.5, 0, 1) * strength, colour, top, left)


def glow(canvas: Floats, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
    """Light that falls off smoothly from a point."""
    height, width = canvas.shape[:2]
    away = distance(width, height, x, y) / radius
    blend(canvas, strength / (1 + away * away * 2), colour)


def soft(mask: Floats, radius: float) -> Floats:
    """The mask, blurred; done small where the blur is wide."""
    height, width = mask.shape
    step = max(1, int(radius / 3))
    small = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    if step > 1:
        small = small.resize((max(1, width // step), max(1, height // step)), Image.Resampling.BOX)
    blurred = small.filter(ImageFilter.GaussianBlur(radius / step))
    return mask_of(blurred.resize((width, height), Image.Resampling.BICUBIC))


def finish(
    canvas: Floats, rng: np.random.Generator, grain: float = 0.012, vignette: float = 0.1
) -> Image.Image:
    """The canvas as a picture, with a little paper, soft corners and fine grain."""
    height, width = canvas.shape[:2]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :] ** 2
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    shade = 1 - vignette * (across + down) / 2
    shade *= 0.985 + 0.03 * noise.field(rng, width, height, 3, 3, 2)
    canvas *= shade[..., None]
    tile = rng.normal(0, grain, (256, 256)).astype(np.float32)
    canvas += np.tile(tile, (height // 256 + 1, width // 256 + 1))[:height, :width, None]
    np.clip(canvas, 0, 1, out=canvas)
    return Image.fromarray((canvas * 255 + 0.5).astype(np.uint8))
