"""Edits laid on last: a frame, a caption."""

import numpy as np
from PIL import Image, ImageDraw

from imagestudio.sandbox.pictures.colour import to_bytes
from imagestudio.sandbox.pictures.edits.order import Order, overlay
from imagestudio.sandbox.pictures.poster import words_to_set
from imagestudio.sandbox.pictures.typeset import draw_line, fit, width_of


def frame(image: Image.Image, order: Order) -> Image.Image:
    """A mount in the palette's paper with a fine line inside it, at the picture's own size."""
    side = min(image.size)
    wide, thin = max(1, round(side * 0.055)), max(1, round(side * 0.004))
    width, height = image.size
    inner = image.resize((max(1, width - 2 * wide), max(1, height - 2 * wide)), Image.Resampling.LANCZOS)
    paper, ink = to_bytes(order.palette.paper), to_bytes(order.palette.ramp[1])
    framed = Image.new("RGB", image.size, paper).convert(image.mode)
    framed.paste(inner, (wide, wide))
    line = wide - round(side * 0.014)
    if side > 2 * wide:
        box = (line, line, width - 1 - line, height - 1 - line)
        ImageDraw.Draw(framed).rectangle(box, outline=ink, width=thin)
    return framed


def caption(image: Image.Image, order: Order) -> Image.Image:
    """The quoted words in white along the foot (the head, if the words say so), on a soft shade."""
    text = words_to_set(order.text)
    if not text:
        return image
    width, height = image.size
    at_top = order.says("top", "above", "head", "header")
    layer = Image.new("RGBA", image.size, (12, 12, 16, 0))
    layer.putalpha(_shade(image.size, at_top))
    margin = min(width, height) * 0.07
    lines, size = fit(text, width - 2 * margin, height * 0.2, 1.05, 0.012)
    size = min(size, (width * height) ** 0.5 * 0.13)
    used = size * (1.05 * (len(lines) - 1) + 0.78)
    start = margin if at_top else height - margin * 1.25 - used
    letters = Image.new("L", image.size)
    on = ImageDraw.Draw(letters)
    for index, line in enumerate(lines):
        left = (width - width_of(line, size, 0.012)) / 2
        draw_line(on, (left, start + size * (0.76 + 1.05 * index)), line, size, 255, 0.012)
    white = Image.new("RGBA", image.size, (255, 253, 248))
    white.putalpha(letters)
    return overlay(overlay(image, layer), white)


def _shade(size: tuple[int, int], at_top: bool) -> Image.Image:
    down = np.linspace(1, 0, 128, dtype=np.float32) if at_top else np.linspace(0, 1, 128, dtype=np.float32)
    strength = np.clip((down - 0.5) / 0.5, 0, 1) ** 1.2 * 185
    return Image.fromarray(np.repeat(strength[:, None], 2, axis=1).astype(np.uint8)).resize(size)
