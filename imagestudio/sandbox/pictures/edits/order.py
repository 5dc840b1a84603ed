"""What every edit is given besides the picture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from imagestudio.sandbox.pictures.palette import Palette


@dataclass(frozen=True)
class Order:
    """An instruction, its words, the text it quotes, a palette, and the only source of chance."""

    text: str
    words: frozenset[str]
    quote: str
    palette: Palette
    rng: np.random.Generator

    def says(self, *words: str) -> bool:
        """Whether the instruction has one of the words."""
        return not self.words.isdisjoint(words)


Edit = Callable[[Image.Image, Order], Image.Image]


def keeping_alpha(image: Image.Image, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """Change the colours (as RGB) and leave the transparency, if there is any, as it was."""
    if image.mode != "RGBA":
        return change(image)
    changed = change(image.convert("RGB"))
    changed.putalpha(image.getchannel("A"))
    return changed


def overlay(image: Image.Image, layer: Image.Image) -> Image.Image:
    """Lay an RGBA layer of the same size over the picture, keeping the picture's mode."""
    return Image.alpha_composite(image.convert("RGBA"), layer).convert(image.mode)
