"""Flat figures as lists of shapes, which both the pictures and the vector drawings can show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import ImageDraw

from imagestudio.sandbox.pictures.canvas import Point
from imagestudio.sandbox.pictures.colour import Colour, to_bytes


@dataclass(frozen=True)
class Blob:
    """A filled, smooth, closed shape through the points."""

    points: tuple[Point, ...]
    colour: Colour


@dataclass(frozen=True)
class Stroke:
    """A smooth line through the points, so thick."""

    points: tuple[Point, ...]
    colour: Colour
    thick: float


Shape = Blob | Stroke


def points(text: str) -> tuple[Point, ...]:
    """The points of a list like "0 -.3, .1 -.2"."""
    pairs = (pair.split() for pair in text.split(","))
    return tuple((float(x), float(y)) for x, y in pairs)


def mirrored(line: Sequence[Point]) -> tuple[Point, ...]:
    """The points with left and right exchanged."""
    return tuple((-x, y) for x, y in line)


def symmetric(text: str) -> tuple[Point, ...]:
    """A closed outline from its right half, listed from top to bottom; points on the axis stand once."""
    right = points(text)
    return (*right, *((-x, y) for x, y in reversed(right) if abs(x) > 1e-9))


def around(x: float, y: float, across: float, down: float | None = None) -> tuple[Point, ...]:
    """Points about an ellipse."""
    turns = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    tall = across if down is None else down
    return tuple((x + across * float(np.cos(turn)), y + tall * float(np.sin(turn))) for turn in turns)


def outline(shape: Shape) -> list[Point]:
    """The shape's curve (Catmull-Rom) as many short steps."""
    knots = np.array(shape.points, np.float64)
    if isinstance(shape, Blob):
        return _curve(np.roll(knots, 1, 0), knots, np.roll(knots, -1, 0), np.roll(knots, -2, 0))
    ends = np.concatenate([knots[:1], knots, knots[-1:]])
    return [*_curve(ends[:-3], ends[1:-2], ends[2:-1], ends[3:]), shape.points[-1]]


Knots = npt.NDArray[np.float64]


def _curve(before: Knots, start: Knots, end: Knots, after: Knots) -> list[Point]:
    share = np.linspace(0, 1, 14, endpoint=False)[None, :, None]
    a, b, c, d = (knots[:, None, :] for knots in (before, start, end, after))
    steps = (
        2 * b + (c - a) * share + (2 * a - 5 * b + 4 * c - d) * share**2 + (3 * b - a - 3 * c + d) * share**3
    )
    return [(float(x) / 2, float(y) / 2) for x, y in steps.reshape(-1, 2)]


def show(on: ImageDraw.ImageDraw, shapes: Sequence[Shape], centre: Point, unit: float) -> None:
    """Draw the shapes: origin at the centre, 1 so many pixels, mirrored where the unit is negative."""
    for shape in shapes:
        placed = [(centre[0] + x * unit, centre[1] + y * abs(unit)) for x, y in outline(shape)]
        colour = to_bytes(shape.colour)
        if isinstance(shape, Blob):
            on.polygon(placed, fill=colour)
            continue
        wide = max(1, round(shape.thick * abs(unit)))
        on.line(placed, fill=colour, width=wide, joint="curve")
        for x, y in (placed[0], placed[-1]):
            on.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=colour)
