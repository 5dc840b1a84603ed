"""Patterns: tiles, scallops and winding bands, laid edge to edge."""

import numpy as np
from PIL import Image, ImageDraw

from imagestudio.sandbox.pictures import canvas
from imagestudio.sandbox.pictures.colour import Colour, to_bytes
from imagestudio.sandbox.pictures.scene import Scene

_SCALE = 3


def paint(scene: Scene) -> Image.Image:
    """A pattern that fills the picture; which one is chance unless the words say."""
    cell = _cell(scene)
    styles = [_blocks, _bands, _scallops]
    if scene.says("wave", "fish", "scale", "japanese", "scallop"):
        style = _scallops
    elif scene.says("maze", "line", "woven", "celtic", "knot"):
        style = _bands
    else:
        style = styles[int(scene.rng.choice(3, p=(0.55, 0.2, 0.25)))]
    picture = np.asarray(style(scene, cell), np.float32) / 255
    return canvas.finish(picture, scene.rng, 0.016, 0.08)


def _cell(scene: Scene) -> int:
    """A side for the tiles of which five to seven fill the short side."""
    short = min(scene.width, scene.height)
    count = int(scene.rng.integers(5, 8)) if max(scene.width, scene.height) < 3 * short else 3
    return -(-short // count)


def _colours(scene: Scene) -> list[Colour]:
    ramp, accents = scene.palette.ramp, scene.palette.accents
    return [ramp[4], ramp[1], accents[0], accents[1], ramp[3], accents[2], ramp[2]]


def _blocks(scene: Scene, cell: int) -> Image.Image:
    """Squares with quarter circles, halves, rings, petals and triangles, in contrasting colours."""
    sheet = Image.new("RGB", (scene.width, scene.height))
    colours = _colours(scene)
    cache: dict[tuple[int, int, int, int, int], Image.Image] = {}
    for top in range(0, scene.height, cell):
        for left in range(0, scene.width, cell):
            kind, turn = int(scene.rng.integers(7)), int(scene.rng.integers(4))
            ground, figure, detail = (
                int(i) for i in scene.rng.choice(len(colours), 3, replace=False, p=_SHARES)
            )
            key = (kind, turn, ground, figure, detail)
            if key not in cache:
                cache[key] = _block(kind, turn, cell, (colours[ground], colours[figure], colours[detail]))
            sheet.paste(cache[key], (left, top))
    return sheet


_SHARES = (0.27, 0.2, 0.16, 0.12, 0.1, 0.08, 0.07)


def _block(kind: int, turn: int, cell: int, colours: tuple[Colour, Colour, Colour]) -> Image.Image:
    side = cell * _SCALE
    ground, figure, detail = (to_bytes(colour) for colour in colours)
    tile = Image.new("RGB", (side, side), ground)
    on = ImageDraw.Draw(tile)
    half = side // 2
    if kind == 0:
        on.ellipse((-side, -side, side, side), figure)
        on.ellipse((-half, -half, half, half), detail)
    elif kind == 1:
        on.pieslice((0, -half, side, half), 0, 180, figure)
        on.pieslice((0, 0, side, side), 0, 180, detail)
    elif kind == 2:
        on.ellipse((side * 0.1, side * 0.1, side * 0.9, side * 0.9), figure)
        on.ellipse((side * 0.34, side * 0.34, side * 0.66, side * 0.66), ground)
    elif kind == 3:
        _petal(tile, side, figure)
    elif kind == 4:
        on.polygon(((0, 0), (side, 0), (0, side)), figure)
    elif kind == 5:
        for step in range(4):
            inset = step * side // 4
            on.ellipse(
                (-side + inset, -side + inset, side - inset, side - inset),
                (figure, ground, detail, ground)[step],
            )
    else:
        on.pieslice((-half, 0, half, side), -90, 90, figure)
        on.pieslice((half, 0, side + half, side), 90, 270, detail)
    return tile.reduce(_SCALE).rotate(90 * turn)


def _petal(tile: Image.Image, side: int, colour: tuple[int, int, int]) -> None:
    """Where two quarter circles from opposite corners overlap."""
    first, second = Image.new("L", (side, side)), Image.new("L", (side, side))
    ImageDraw.Draw(first).ellipse((-side, -side, side, side), 255)
    ImageDraw.Draw(second).ellipse((0, 0, 2 * side, 2 * side), 255)
    both = Image.fromarray(np.minimum(np.asarray(first), np.asarray(second)))
    tile.paste(colour, (0, 0, side, side), both)


def _bands(scene: Scene, cell: int) -> Image.Image:
    """Truchet tiles: striped quarter rings about two corners, turned by chance, join into bands."""
    side = cell * _SCALE
    ramp, accents = scene.palette.ramp, scene.palette.accents
    # The same from the middle outwards and inwards, so that every band meets its like on the next tile.
    stripes = (ramp[1], accents[0], accents[1], accents[0], ramp[1], ramp[4])
    tile = Image.new("RGB", (side, side), to_bytes(ramp[4]))
    on = ImageDraw.Draw(tile)
    for corner in ((0, 0), (side, side)):
        for index, colour in enumerate(stripes):
            radius = side * (0.86, 0.76, 0.6, 0.4, 0.24, 0.14)[index]
            box = (corner[0] - radius, corner[1] - radius, corner[0] + radius, corner[1] + radius)
            on.ellipse(box, to_bytes(colour))
    turned = [tile.reduce(_SCALE).rotate(90 * turn) for turn in range(2)]
    sheet = Image.new("RGB", (scene.width, scene.height))
    for top in range(0, scene.height, cell):
        for left in range(0, scene.width, cell):
            sheet.paste(turned[int(scene.rng.integers(2))], (left, top))
    return sheet


def _scallops(scene: Scene, cell: int) -> Image.Image:
    """Overlapping fans of rings (seigaiha), their colours drifting across the picture."""
    ramp, accents = scene.palette.ramp, scene.palette.accents
    sets = [
        (ramp[1], ramp[4], ramp[2], ramp[4]),
        (accents[0], ramp[4], accents[1], ramp[4]),
        (ramp[2], ramp[4], ramp[3], ramp[1]),
    ]
    fans = [_fan(cell, colours) for colours in sets]
    sheet = Image.new("RGB", (scene.width, scene.height), to_bytes(ramp[1]))
    step = max(1, cell // 4)
    rows = scene.height // step + 3
    for row in range(rows):
        for column in range(-1, scene.width // cell + 2):
            left = column * cell + (row % 2) * cell // 2 - cell // 2
            fan = fans[int(scene.rng.choice(3, p=(0.62, 0.14, 0.24)))]
            sheet.paste(fan, (left, row * step - cell // 2), fan)
    return sheet


def _fan(cell: int, colours: tuple[Colour, ...]) -> Image.Image:
    side = (cell + 2) * _SCALE
    fan = Image.new("RGBA", (side, side))
    on = ImageDraw.Draw(fan)
    for index in range(6):
        inset = side * index / 12
        on.ellipse(
            (inset, inset, side - inset - 1, side - inset - 1), to_bytes(colours[index % len(colours)])
        )
    return fan.reduce(_SCALE)
