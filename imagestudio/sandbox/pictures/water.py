"""Still water: what stands above it upside down, with ripples."""

import numpy as np

from imagestudio.sandbox.pictures import noise
from imagestudio.sandbox.pictures.colour import Floats
from imagestudio.sandbox.pictures.scene import Scene


def ripples(scene: Scene, rows: int) -> Floats:
    """Flat, wide waves, -0.5 to 0.5, as many rows as there is water."""
    wide = scene.width / scene.height
    waves: Floats = noise.field(scene.rng, scene.width, rows, wide * 7, 60, 3) - 0.5
    return waves


def mirror(above: Floats, waves: Floats, swing: float) -> Floats:
    """The rows above upside down, shifted up and down by the waves: by so many rows more at the near edge."""
    line, width = above.shape[:2]
    depth = np.arange(waves.shape[0], dtype=np.float32)[:, None]
    far = depth / max(1, waves.shape[0])
    rows = np.clip(line - 1 - depth * 1.1 + waves * (4 + far * swing), 0, line - 1).astype(np.intp)
    columns = np.broadcast_to(np.arange(width, dtype=np.intp)[None, :], rows.shape)
    mirrored: Floats = above[rows, columns]
    return mirrored
