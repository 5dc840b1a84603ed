"""What stands in a sky: stars, clouds, a sun or a moon, and still water below it."""

import numpy as np

from imagestudio.sandbox.pictures import canvas, noise
from imagestudio.sandbox.pictures.canvas import Point
from imagestudio.sandbox.pictures.colour import WHITE, Colour, Floats, mix
from imagestudio.sandbox.pictures.scene import Scene

_STARLIGHT: Colour = (1.0, 0.98, 0.92)
_SUNLIGHT: Colour = (1.0, 0.93, 0.76)
# Across, down and radius as shares of the moon's own.
_SEAS = ((-0.3, -0.2, 0.24), (0.25, 0.3, 0.17), (0.35, -0.3, 0.11), (-0.2, 0.42, 0.13))


def stars(scene: Scene, picture: Floats, horizon: float) -> None:
    """Points of several sizes above the horizon, thinner towards it."""
    short = min(scene.width, scene.height)
    count = int(260 * scene.width / short)
    across, down = scene.rng.uniform(0, scene.width, count), scene.rng.uniform(0, 1, count) ** 1.4 * horizon
    for x, y, size in zip(across, down, scene.rng.exponential(0.5, count), strict=True):
        radius = max(0.55, (0.6 + min(2.2, float(size))) * short / 1000)
        canvas.disc(picture, float(x), float(y), radius, _STARLIGHT, min(0.95, 0.35 + float(size) * 0.5))


def clouds(scene: Scene, picture: Floats, horizon: float, colour: Colour, strength: float) -> None:
    """Long thin clouds, none at the horizon itself."""
    rows = max(2, round(horizon))
    cover = noise.field(scene.rng, scene.width, rows, 1.6 * scene.width / scene.height + 0.6, 5, 5)
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    depth = (0.55 + 0.45 * down) * np.clip((1 - down) * 5, 0, 1)
    cover = np.clip((cover - scene.between(0.52, 0.62)) * 3.2, 0, 1)
    canvas.blend(picture, cover * depth * strength, colour)


def sun(scene: Scene, picture: Floats, at: Point, radius: float) -> None:
    """A warm disc in its glow."""
    light = mix(mix(scene.palette.ramp[4], WHITE, 0.5), _SUNLIGHT, 0.45)
    canvas.glow(picture, *at, radius * 6, mix(scene.palette.accents[0], light, 0.45), 0.5)
    canvas.glow(picture, *at, radius * 1.6, light, 0.45)
    canvas.disc(picture, *at, radius, light)


def moon(scene: Scene, picture: Floats, at: Point, radius: float) -> None:
    """A pale disc with its seas."""
    ramp = scene.palette.ramp
    light = mix(ramp[4], WHITE, 0.5)
    canvas.glow(picture, *at, radius * 3.5, ramp[3], 0.4)
    canvas.glow(picture, *at, radius * 1.6, light, 0.35)
    canvas.disc(picture, *at, radius, light)
    for across, down, share in _SEAS:
        spot = (at[0] + across * radius, at[1] + down * radius)
        canvas.disc(picture, *spot, radius * share, mix(light, ramp[3], 0.35), 0.5)


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
