"""Abstract pictures that follow a field: ribbons that never touch, or folds of silk."""

import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from imagestudio.sandbox.pictures import canvas, noise
from imagestudio.sandbox.pictures.canvas import Point
from imagestudio.sandbox.pictures.colour import WHITE, along, mix, to_bytes
from imagestudio.sandbox.pictures.scene import Scene

_GRID = 400  # cells along the square root of the picture's area, to remember what is taken
_TRIES = 1500
_LONGEST = 90  # steps


def paint(scene: Scene) -> Image.Image:
    """Silk for soft words, ribbons for moving ones, either by chance."""
    soft = scene.says(
        "silk", "smoke", "liquid", "marble", "fluid", "gradient", "fabric", "texture", "dream", "aura"
    )
    moving = scene.says("hair", "wind", "line", "curve", "energy", "dance", "music", "flow", "brain")
    if soft or (not moving and scene.chance(0.45)):
        return _silk(scene)
    return _ribbons(scene)


def _silk(scene: Scene) -> Image.Image:
    """A field bent by itself twice, coloured along the palette and lit from the upper left."""
    width, height = max(2, scene.width // 2), max(2, scene.height // 2)
    unit = (width * height) ** 0.5
    x = np.arange(width, dtype=np.float32)[None, :] / unit
    y = np.arange(height, dtype=np.float32)[:, None] / unit
    turn = scene.between(0, math.tau)
    u = x * math.cos(turn) + y * math.sin(turn)
    v = y * math.cos(turn) - x * math.sin(turn)
    for strength, pitch in ((0.4, 2.6), (0.26, 4.7), (0.15, 8.1), (0.085, 13.7), (0.03, 27.0)):
        phase = scene.rng.uniform(0, math.tau, 2)
        u, v = (
            u + strength * np.sin(pitch * v + np.float32(phase[0])),
            v + strength * np.cos(pitch * u * 0.9 + np.float32(phase[1])),
        )
    value = 0.5 + 0.5 * np.sin(6.4 * u + 2.3 * v + np.float32(scene.between(0, 6)))
    slope_down, slope_across = np.gradient(value)
    light = np.clip((slope_across + slope_down) * unit * 0.034, -1, 1)
    full = (scene.width, scene.height)
    value, light = noise.enlarge(value, *full), noise.enlarge(light, *full)
    ramp, accents = scene.palette.ramp, scene.palette.accents
    stops = (ramp[0], ramp[1], ramp[2], accents[0], ramp[3], ramp[4])
    picture = along(stops, np.clip(value, 0, 1))
    canvas.blend(picture, np.clip(light, 0, 1) ** 1.3 * 0.5, mix(ramp[4], WHITE, 0.4))
    canvas.blend(picture, np.clip(-light, 0, 1) * 0.55, ramp[0])
    return canvas.finish(picture, scene.rng, 0.014, 0.16)


def _ribbons(scene: Scene) -> Image.Image:
    """Ribbons of several widths, each laid where it touches no other."""
    scale = 2 if scene.width * scene.height <= 2_500_000 else 1
    ramp = scene.palette.ramp
    dark = scene.palette.name in ("neon", "night") or scene.chance(0.35)
    ground = mix(ramp[0], ramp[1], 0.3) if dark else mix(ramp[4], WHITE, 0.15)
    colours = [*scene.palette.accents, ramp[2], ramp[3], ramp[4] if dark else ramp[1]]
    shares = np.array((0.26, 0.16, 0.14, 0.18, 0.14, 0.12))
    sheet = Image.new("RGB", (scene.width * scale, scene.height * scale), to_bytes(ground))
    on = ImageDraw.Draw(sheet)
    unit = (scene.width * scene.height) ** 0.5
    for path, thick in _paths(scene, unit):
        colour = colours[int(scene.rng.choice(len(colours), p=shares))]
        _ribbon(on, path, thick * scale, scale, to_bytes(colour))
    picture = np.asarray(sheet.reduce(scale), np.float32) / 255
    return canvas.finish(picture, scene.rng, 0.015, 0.08)


def _paths(scene: Scene, unit: float) -> list[tuple[list[Point], float]]:
    """Paths with their thickness, the thick ones first, none nearer to another than it is thick."""
    cell = unit / _GRID
    taken = np.zeros((int(scene.height / cell) + 3, int(scene.width / cell) + 3), np.bool_)
    angles = _angles(scene)
    paths: list[tuple[list[Point], float]] = []
    for share, thick in ((0.12, 0.042), (0.2, 0.024), (0.3, 0.012), (0.38, 0.006)):
        size = unit * thick * scene.between(0.8, 1.2)
        for x, y in scene.rng.uniform(0, 1, (int(_TRIES * share), 2)):
            path = _follow(angles, taken, (float(x) * scene.width, float(y) * scene.height), size, cell)
            if len(path) * max(size * 0.5, cell * 2) > size * 2.5:
                _take(taken, path, size, cell)
                paths.append((path, size))
    return paths


def _angles(scene: Scene) -> npt.NDArray[np.float64]:
    """The direction at every hundredth of the picture."""
    wide = scene.width / (scene.width * scene.height) ** 0.5
    swirl = noise.field(scene.rng, 100, 100, 1.3 * wide, 1.3 / wide, 2).astype(np.float64)
    swing = scene.between(1.1, 2.1) * math.pi
    angles: npt.NDArray[np.float64] = scene.between(0, math.tau) + (swirl - 0.5) * swing
    if scene.says("hair", "wind", "rain"):
        angles = 0.3 + (swirl - 0.5) * 1.8
    return angles


def _follow(
    angles: npt.NDArray[np.float64], taken: npt.NDArray[np.bool_], start: Point, size: float, cell: float
) -> list[Point]:
    step = max(size * 0.5, cell * 2)
    reach = max(1, int((size * 0.5 + cell * 1.6) / cell))
    rows, columns = taken.shape
    x, y = start
    path: list[Point] = []
    for _ in range(_LONGEST):
        column, row = int(x / cell), int(y / cell)
        if not (0 <= column < columns and 0 <= row < rows):
            break
        if taken[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1].any():
            break
        path.append((x, y))
        angle = angles[min(99, row * 100 // rows), min(99, column * 100 // columns)]
        x, y = x + math.cos(angle) * step, y + math.sin(angle) * step
    return path


def _take(taken: npt.NDArray[np.bool_], path: list[Point], size: float, cell: float) -> None:
    reach = max(1, int(size * 0.5 / cell))
    for x, y in path:
        column, row = int(x / cell), int(y / cell)
        taken[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = True


def _ribbon(
    on: ImageDraw.ImageDraw, path: list[Point], thick: float, scale: int, colour: tuple[int, int, int]
) -> None:
    """A band of even width along the path, with square ends."""
    points = np.array(path) * scale
    ahead = np.gradient(points, axis=0)
    side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    side *= thick / 2 / np.maximum(1e-6, np.hypot(side[:, 0], side[:, 1]))[:, None]
    outline = np.concatenate([points + side, (points - side)[::-1]])
    on.polygon([(float(x), float(y)) for x, y in outline], fill=colour)
