"""Still lifes: vases, fruit and plain solids on a table before a wall."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from imagestudio.sandbox.pictures import canvas, solids
from imagestudio.sandbox.pictures.canvas import Point
from imagestudio.sandbox.pictures.colour import BLACK, WHITE, Colour, Floats, from_hex, mix
from imagestudio.sandbox.pictures.scene import Scene

_LEAF = from_hex("5f7f55")
_FRUIT = {
    "apple": "c23b34",
    "orange": "e88a2c",
    "lemon": "f0cf4a",
    "lime": "8fb04a",
    "plum": "5d3a66",
    "peach": "f0a573",
    "tomato": "cf3f2e",
    "cherry": "9c1f2f",
    "grape": "6a4b86",
    "pear": "c3c25a",
}

# Half widths of turned things from foot to rim, as shares of their height.
_VASES = (
    (0.16, 0.24, 0.31, 0.33, 0.29, 0.2, 0.12, 0.1, 0.11, 0.14),
    (0.13, 0.16, 0.17, 0.17, 0.17, 0.16, 0.1, 0.065, 0.06, 0.065),
    (0.22, 0.34, 0.4, 0.41, 0.38, 0.3, 0.2, 0.16, 0.17, 0.2),
    (0.2, 0.13, 0.12, 0.16, 0.23, 0.28, 0.29, 0.26, 0.2, 0.2),
)
_BOWL = (0.24, 0.42, 0.6, 0.72, 0.8, 0.86, 0.9, 0.93, 0.95, 0.96)
_CONE = tuple(0.3 * (1 - step / 9) + 0.002 for step in range(10))

Thing = Callable[[Scene, Floats, Point, float, Colour], None]


def paint(scene: Scene) -> Image.Image:
    """Three things or more, from the back of the table to the front."""
    width, height = scene.width, scene.height
    table = height * scene.between(0.64, 0.7)
    picture = _room(scene, table)
    unit = min(width * 0.95, height * 0.88, (width * height) ** 0.5 * 0.95)
    count = max(4, min(14, round(width / unit * 4)))
    reach = width * 0.42 if width > unit * 1.3 else unit * 0.42
    for rank, index in enumerate(scene.rng.permutation(count)):
        near = rank / (count - 1)
        at = (
            width / 2 + ((int(index) + 0.5) / count * 2 - 1) * reach,
            table + (height - table) * (0.12 + 0.46 * near),
        )
        thing = _thing(scene, near)
        thing(scene, picture, at, unit * (0.78 + 0.22 * near), _colour(scene, rank, thing is _ball))
    return canvas.finish(picture, scene.rng, 0.013, 0.14)


def _room(scene: Scene, table: float) -> Floats:
    """Wall and table, light falling in from the left."""
    width, height, ramp = scene.width, scene.height, scene.palette.ramp
    wall, wood = mix(ramp[3], ramp[4], 0.35), mix(ramp[3], ramp[4], 0.75)
    if scene.palette.name in ("night", "neon"):
        wall, wood = mix(ramp[1], ramp[2], 0.4), mix(ramp[2], ramp[3], 0.4)
    picture = canvas.sky(width, height, [mix(wall, BLACK, 0.07), wall, mix(wall, WHITE, 0.12)])
    _arch(scene, picture, table, mix(wall, scene.palette.accents[0], 0.62))
    row = round(table)
    picture[row:] = canvas.sky(width, height - row, [mix(wood, BLACK, 0.05), mix(wood, WHITE, 0.2)])
    picture *= np.linspace(1.07, 0.9, width, dtype=np.float32)[None, :, None]
    crease = np.exp(-np.abs(np.arange(height, dtype=np.float32) - row) / (height * 0.012))
    canvas.blend(picture, np.repeat(crease[:, None] * 0.16, width, axis=1), ramp[0])
    return picture


def _arch(scene: Scene, picture: Floats, table: float, colour: Colour) -> None:
    """A circle or an arch on the wall."""
    radius = min(scene.width, scene.height) * scene.between(0.26, 0.34)
    x = scene.width * scene.between(0.36, 0.64)
    if scene.chance(0.5):
        canvas.disc(picture, x, table - radius * scene.between(0.75, 1.1), radius, colour)
        return
    top = table - radius * 1.55
    rows = np.arange(scene.height, dtype=np.float32)[:, None]
    across = np.abs(np.arange(scene.width, dtype=np.float32)[None, :] - x)
    away = np.where(rows < top, canvas.distance(scene.width, scene.height, x, top), across)
    canvas.blend(picture, np.clip(radius - away + 0.5, 0, 1) * (rows < table), colour)


def _colour(scene: Scene, rank: int, round_thing: bool) -> Colour:
    """The palette's colours in turn; fruit in its own."""
    fruit = [from_hex(_FRUIT[word]) for word in _FRUIT if word in scene.words]
    if round_thing and (fruit or scene.says("fruit")):
        fruit = fruit or [from_hex(_FRUIT[word]) for word in ("apple", "orange", "lemon", "plum")]
        return fruit[rank % len(fruit)]
    accents, ramp = scene.palette.accents, scene.palette.ramp
    colours = [accents[0], ramp[1], accents[1], mix(ramp[4], WHITE, 0.3), accents[2], ramp[2]]
    return colours[rank % len(colours)]


def _thing(scene: Scene, near: float) -> Thing:
    """Tall things stand at the back, low ones in front."""
    if scene.says("fruit", *_FRUIT) and near > 0.3:
        return _ball
    if scene.says("shape", "geometric", "cube", "cone", "sphere", "3d", "isometric"):
        choices: tuple[Thing, ...] = (_cone, _column, _cone) if near < 0.5 else (_ball, _box, _ball)
    else:
        choices = (_vase, _vase, _column) if near < 0.55 else (_ball, _bowl, _ball, _box)
    return choices[int(scene.rng.integers(len(choices)))]


def _vase(scene: Scene, picture: Floats, at: Point, unit: float, colour: Colour) -> None:
    tall = unit * scene.between(0.4, 0.58)
    profile = _VASES[int(scene.rng.integers(len(_VASES)))]
    if scene.chance(0.7) or scene.says("flower", "plant", "bouquet"):
        _branch(scene, picture, (at[0], at[1] - tall * 0.95), min(tall, at[1] - tall) * 0.95)
    solids.turned(picture, at, tall, profile, colour)


def _branch(scene: Scene, picture: Floats, at: Point, tall: float) -> None:
    """Stems with round leaves or blossoms, leaning out of a vase."""
    blossom = scene.chance(0.5) or scene.says("flower", "bouquet", "blossom")
    colour = mix(scene.palette.accents[1], WHITE, 0.15) if blossom else mix(_LEAF, scene.palette.ramp[1], 0.3)
    for middle in (-0.5, -0.08, 0.36):
        lean, length = middle + scene.between(-0.1, 0.1), tall * scene.between(0.62, 0.88)
        for step in np.linspace(0, 1, 60).tolist():
            x, y = at[0] + lean * length * step**1.4, at[1] - length * step
            canvas.disc(picture, x, y, tall * 0.007, mix(_LEAF, BLACK, 0.35))
        for step in np.linspace(0.3, 1, 7).tolist():
            side = scene.between(-0.09, 0.09) * tall
            x, y = at[0] + lean * length * step**1.4 + side, at[1] - length * step
            shade = mix(colour, BLACK if side > 0 else WHITE, scene.between(0, 0.22))
            canvas.disc(picture, x, y, tall * scene.between(0.03, 0.055), shade)


def _column(scene: Scene, picture: Floats, at: Point, unit: float, colour: Colour) -> None:
    half, tall = unit * scene.between(0.07, 0.1), unit * scene.between(0.3, 0.52)
    solids.turned(picture, at, tall, (half / tall,) * 8, colour)


def _cone(scene: Scene, picture: Floats, at: Point, unit: float, colour: Colour) -> None:
    solids.turned(picture, at, unit * scene.between(0.38, 0.54), _CONE, colour)


def _bowl(scene: Scene, picture: Floats, at: Point, unit: float, colour: Colour) -> None:
    solids.turned(picture, at, unit * scene.between(0.15, 0.19), _BOWL, colour)


def _ball(scene: Scene, picture: Floats, at: Point, unit: float, colour: Colour) -> None:
    radius = unit * scene.between(0.075, 0.11)
    solids.ball(picture, at, radius, colour)
    if scene.says("fruit", *_FRUIT):
        for step in range(12):
            x, y = at[0] + radius * 0.012 * step, at[1] - radius * (1.78 + 0.025 * step)
            canvas.disc(picture, x, y, radius * 0.05, mix(_LEAF, BLACK, 0.5))


def _box(scene: Scene, picture: Floats, at: Point, unit: float, colour: Colour) -> None:
    half, tall = unit * scene.between(0.09, 0.12), unit * scene.between(0.14, 0.2)
    solids.box(picture, at, half, tall, scene.between(-0.4, 0.4), colour)
