"""Smooth noise: random grids, enlarged."""

import numpy as np
from PIL import Image

from imagestudio.sandbox.pictures.colour import Floats


def enlarge(grid: Floats, width: int, height: int) -> Floats:
    """The grid as a smooth field of the given size."""
    image = Image.fromarray(grid.astype(np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def field(
    rng: np.random.Generator, width: int, height: int, across: float, down: float, octaves: int = 4
) -> Floats:
    """Fractal noise of the size, roughly 0 to 1, with so many bumps across and down in its first octave."""
    total = np.zeros((height, width), np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        rows = min(height, max(2, round(down * 2**octave) + 1))
        columns = min(width, max(2, round(across * 2**octave) + 1))
        total += weight * enlarge(rng.random((rows, columns), np.float32), width, height)
        weights += weight
        weight *= 0.5
    clipped: Floats = np.clip((total / weights - 0.5) * 1.7 + 0.5, 0, 1)
    return clipped


def line(rng: np.random.Generator, width: int, bumps: float, octaves: int = 5, sharp: bool = False) -> Floats:
    """A fractal line of the given length, about -1 to 1: rolling, or sharp as a ridge."""
    at = np.arange(width, dtype=np.float32) / width
    total = np.zeros(width, np.float32)
    weight = 1.0
    for octave in range(octaves):
        count = max(2, round(bumps * 2**octave) + 1)
        position = at * (count - 1)
        left = position.astype(np.intp)
        share = position - left
        if not sharp:
            share = share * share * (3 - 2 * share)
        values = rng.uniform(-1, 1, count + 1).astype(np.float32)
        total += weight * (values[left] * (1 - share) + values[left + 1] * share)
        weight *= 0.5 if sharp else 0.38
    return total
