"""What every family of pictures is given."""

from dataclasses import dataclass

import numpy as np

from imagestudio.sandbox.pictures.palette import Palette


@dataclass(frozen=True)
class Scene:
    """A prompt, its words, the size in pixels, the palette and the only source of chance."""

    prompt: str
    words: frozenset[str]
    width: int
    height: int
    palette: Palette
    rng: np.random.Generator

    def says(self, *words: str) -> bool:
        """Whether the prompt has one of the words."""
        return not self.words.isdisjoint(words)

    def between(self, low: float, high: float) -> float:
        """A number by chance."""
        return float(self.rng.uniform(low, high))

    def chance(self, share: float) -> bool:
        """True in that share of the cases."""
        return bool(self.rng.random() < share)
