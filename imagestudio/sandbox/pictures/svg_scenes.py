"""Vector scenes: hills, cities, waves, tiles, blossoms and busts."""

import math

import numpy as np

from imagestudio.sandbox.pictures import noise
from imagestudio.sandbox.pictures.canvas import Point
from imagestudio.sandbox.pictures.colour import WHITE, Colour, along, luminance, mix
from imagestudio.sandbox.pictures.portrait import sitter
from imagestudio.sandbox.pictures.scene import Scene
from imagestudio.sandbox.pictures.svg_write import circle, figure, gradient, number, path, polygon, rectangle


def _sky(scene: Scene) -> list[str]:
    ramp = scene.palette.ramp
    if scene.palette.name in ("night", "neon"):
        stops = [ramp[0], ramp[1], ramp[2]]
    else:
        stops = [mix(ramp[2], ramp[3], 0.5), ramp[3], ramp[4]]
    return [gradient("sky", stops), rectangle((0, 0, scene.width, scene.height), "sky")]


def _sun(scene: Scene) -> list[str]:
    side = min(scene.width, scene.height)
    at = (scene.width * scene.between(0.3, 0.7), scene.height * scene.between(0.3, 0.42))
    light = mix(scene.palette.ramp[4], WHITE, 0.5)
    return [
        circle(at, side * size, light, opacity) for size, opacity in ((0.2, 0.15), (0.14, 0.25), (0.09, 1.0))
    ]


def _curve(scene: Scene, base: float, tall: float, bumps: float) -> list[Point]:
    """A rolling line from edge to edge, closed below the picture."""
    heights = noise.line(scene.rng, 64, bumps, 3)
    steps = np.linspace(0, scene.width, 64)
    line = [(float(x), base - float(up) * tall) for x, up in zip(steps, heights, strict=True)]
    return [*line, (scene.width, scene.height), (0, scene.height)]


def _layers(scene: Scene, count: int) -> list[tuple[float, Colour]]:
    """From far to near: how near, and the colour through the haze."""
    ramp = scene.palette.ramp
    dark = scene.palette.name in ("night", "neon")
    stops = (
        [mix(ramp[2], ramp[1], 0.2), ramp[1], ramp[0]] if dark else [mix(ramp[3], ramp[4], 0.3), *ramp[2::-1]]
    )
    shares = np.linspace(0, 1, count)
    colours = [tuple(stop) for stop in along(stops, shares).tolist()]
    return [
        (float(near), (red, green, blue)) for near, (red, green, blue) in zip(shares, colours, strict=True)
    ]


def hills(scene: Scene) -> list[str]:
    """Ranges of hills under a sun."""
    drawn = [*_sky(scene), *_sun(scene)]
    for near, colour in _layers(scene, 5):
        base = scene.height * (0.56 + 0.34 * near)
        wide = scene.width / min(scene.height, scene.width)
        drawn.append(polygon(_curve(scene, base, scene.height * 0.075, 2 * wide), colour))
    return drawn


def city(scene: Scene) -> list[str]:
    """Three rows of buildings with lit windows."""
    drawn = [*_sky(scene), *_sun(scene)]
    unit = min(scene.width * 1.2, scene.height)
    for near, colour in _layers(scene, 3):
        x = 0.0
        while x < scene.width:
            wide = unit * scene.between(0.06, 0.13)
            tall = unit * scene.between(0.16, 0.62 - 0.3 * near)
            top = scene.height - tall
            drawn.append(rectangle((x, top, wide + 1, tall), colour))
            if near > 0.4:
                drawn += _windows(scene, (x, top, wide, tall), unit * 0.022)
            x += wide
    return drawn


def _windows(scene: Scene, box: tuple[float, float, float, float], pitch: float) -> list[str]:
    left, top, wide, tall = box
    columns, rows = int(wide / pitch) - 1, int(tall / pitch) - 1
    if columns < 1 or rows < 1:
        return []
    start = left + (wide - columns * pitch) / 2
    panes = [
        f"M{number(start + (column + 0.25) * pitch)} {number(top + (row + 0.9) * pitch)}"
        f"h{number(pitch * 0.5)}v{number(pitch * 0.5)}h{number(-pitch * 0.5)}z"
        for row, column in np.argwhere(scene.rng.random((rows, columns)) < 0.3).tolist()
    ]
    return [path("".join(panes), mix(scene.palette.accents[0], (1.0, 0.86, 0.56), 0.6))] if panes else []


def waves(scene: Scene) -> list[str]:
    """Bands that roll across the picture, one over the other."""
    ramp, accents = scene.palette.ramp, scene.palette.accents
    colours = [ramp[4], ramp[3], accents[1], accents[0], ramp[2], ramp[1], ramp[0]]
    drawn = [rectangle((0, 0, scene.width, scene.height), mix(ramp[4], WHITE, 0.35))]
    lines = 14
    phase, swing = scene.between(0, math.tau), scene.between(0.05, 0.11)
    for index in range(lines):
        steps = np.linspace(0, 1, 60)
        roll = np.sin(steps * math.tau * 1.1 + phase + index * 0.33) + 0.4 * np.sin(steps * 11 + index * 0.7)
        base = scene.height * (0.06 + 0.9 * index / lines)
        line = [
            (float(x) * scene.width, base + float(y) * swing * scene.height)
            for x, y in zip(steps, roll, strict=True)
        ]
        drawn.append(
            polygon([*line, (scene.width, scene.height), (0, scene.height)], colours[index % len(colours)])
        )
    return drawn


def tiles(scene: Scene) -> list[str]:
    """Squares with quarter circles, discs and triangles."""
    short = min(scene.width, scene.height)
    cell = short / (5 if max(scene.width, scene.height) < 3 * short else 3)
    ramp, accents = scene.palette.ramp, scene.palette.accents
    colours = [ramp[4], ramp[1], accents[0], accents[1], ramp[3], accents[2]]
    drawn: list[str] = []
    for row in range(math.ceil(scene.height / cell)):
        for column in range(math.ceil(scene.width / cell)):
            ground = colours[int(scene.rng.integers(len(colours)))]
            clear = [c for c in colours if abs(luminance(c) - luminance(ground)) > 0.16] or [ramp[0]]
            front = clear[int(scene.rng.integers(len(clear)))]
            x, y = column * cell, row * cell
            drawn.append(rectangle((x, y, cell + 0.5, cell + 0.5), ground))
            drawn.append(_tile(int(scene.rng.integers(4)), int(scene.rng.integers(4)), (x, y), cell, front))
    return drawn


def _tile(kind: int, turn: int, at: Point, cell: float, colour: Colour) -> str:
    x, y = at
    if kind == 0:
        return circle((x + cell / 2, y + cell / 2), cell * 0.36, colour)
    corners = [(x, y), (x + cell, y), (x + cell, y + cell), (x, y + cell)]
    first, middle, last = (corners[(turn + step) % 4] for step in range(3))
    if kind == 1:
        return polygon((first, middle, last), colour)
    begin, radius = f"M{number(first[0])} {number(first[1])}", number(cell)
    arc = f"A{radius} {radius} 0 0 1 {number(last[0])} {number(last[1])}"
    if kind == 2:
        centre = corners[(turn + 3) % 4]
        return path(f"{begin}{arc}L{number(centre[0])} {number(centre[1])}Z", colour)
    return path(f"{begin}{arc}A{radius} {radius} 0 0 1 {number(first[0])} {number(first[1])}Z", colour)


def blossom(scene: Scene) -> list[str]:
    """A flower seen from above: rings of petals about a middle."""
    ramp, accents = scene.palette.ramp, scene.palette.accents
    centre = (scene.width / 2, scene.height / 2)
    side = min(scene.width, scene.height)
    drawn = [
        rectangle((0, 0, scene.width, scene.height), ramp[4]),
        circle(centre, side * 0.45, mix(ramp[4], ramp[3], 0.5)),
    ]
    count = int(scene.rng.integers(7, 11))
    for ring, colour in enumerate((ramp[1], accents[0], accents[1], ramp[4])):
        reach = side * (0.41 - 0.095 * ring)
        for index in range(count):
            angle = math.tau * (index + ring / 2) / count
            drawn.append(path(_petal(centre, angle, reach, math.pi / count * 0.9), colour))
    return [*drawn, circle(centre, side * 0.06, ramp[0]), circle(centre, side * 0.03, accents[1])]


def _petal(centre: Point, angle: float, reach: float, half: float) -> str:
    def at(turn: float, far: float) -> str:
        return f"{number(centre[0] + math.cos(turn) * far)} {number(centre[1] + math.sin(turn) * far)}"

    left, right = angle - half * 1.25, angle + half * 1.25
    start, tip = at(angle, 0), at(angle, reach)
    out = f"{at(left, reach * 0.62)} {at(left, reach * 0.98)} {tip}"
    back = f"{at(right, reach * 0.98)} {at(right, reach * 0.62)} {start}"
    return f"M{start}C{out}C{back}Z"


def bust(scene: Scene) -> list[str]:
    """A person or an animal before a disc."""
    ramp, accents = scene.palette.ramp, scene.palette.accents
    unit = min(scene.width * 1.1, scene.height * 0.95)
    centre = (scene.width / 2, scene.height - unit / 2)
    dark = scene.palette.name in ("night", "neon")
    ground = ramp[1] if dark else mix(ramp[3], ramp[4], 0.5)
    return [
        rectangle((0, 0, scene.width, scene.height), ground),
        circle(
            (centre[0] + unit * scene.between(-0.06, 0.06), centre[1] - unit * 0.07),
            min(unit * scene.between(0.35, 0.4), scene.width * 0.44),
            accents[0],
        ),
        *figure(sitter(scene), centre, unit),
    ]
