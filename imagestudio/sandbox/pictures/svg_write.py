"""Elements of an SVG file as text."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from imagestudio.sandbox.pictures.canvas import Point
from imagestudio.sandbox.pictures.colour import Colour, to_hex
from imagestudio.sandbox.pictures.figure import Blob, Shape, outline

_FONTS = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif"


def number(value: float) -> str:
    """At most two decimals, none that are not needed."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def rectangle(box: tuple[float, float, float, float], colour: Colour | str, more: str = "") -> str:
    """A rectangle of left, top, width and height, in a colour or a gradient's id."""
    x, y, width, height = (number(value) for value in box)
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{_fill(colour)}" {more}/>'.replace(
        " />", "/>"
    )


def circle(centre: Point, radius: float, colour: Colour | str, opacity: float = 1.0) -> str:
    """A filled circle."""
    faint = f' fill-opacity="{number(opacity)}"' if opacity < 1 else ""
    x, y = number(centre[0]), number(centre[1])
    return f'<circle cx="{x}" cy="{y}" r="{number(radius)}" fill="{_fill(colour)}"{faint}/>'


def polygon(points: Sequence[Point], colour: Colour | str) -> str:
    """A filled outline."""
    return f'<path d="{_path(points)}Z" fill="{_fill(colour)}"/>'


def path(data: str, colour: Colour | str) -> str:
    """A filled path in SVG's own path language."""
    return f'<path d="{data}" fill="{_fill(colour)}"/>'


def gradient(name: str, stops: Sequence[Colour]) -> str:
    """A gradient from top to bottom, to be filled with by its name."""
    share = 100 / (len(stops) - 1)
    listed = "".join(
        f'<stop offset="{number(index * share)}%" stop-color="{to_hex(stop)}"/>'
        for index, stop in enumerate(stops)
    )
    return f'<defs><linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1">{listed}</linearGradient></defs>'


def figure(shapes: Sequence[Shape], centre: Point, unit: float) -> list[str]:
    """A flat figure's shapes, its origin at the centre, 1 being so many pixels."""
    drawn: list[str] = []
    for shape in shapes:
        placed = [
            (centre[0] + x * unit, centre[1] + y * unit)
            for x, y in outline(shape)[:: 1 if len(shape.points) < 5 else 2]
        ]
        if isinstance(shape, Blob):
            drawn.append(polygon(placed, shape.colour))
        else:
            drawn.append(
                f'<path d="{_path(placed)}" fill="none" stroke="{to_hex(shape.colour)}" '
                f'stroke-width="{number(shape.thick * unit)}" stroke-linecap="round"/>'
            )
    return drawn


def text(words: str, middle: Point, size: float, colour: Colour, length: float, weight: str = "700") -> str:
    """One line of text about the middle of its baseline, so long whatever font the reader has."""
    x, y = number(middle[0]), number(middle[1])
    return (
        f'<text x="{x}" y="{y}" font-family="{_FONTS}" font-size="{number(size)}" font-weight="{weight}" '
        f'fill="{to_hex(colour)}" text-anchor="middle" textLength="{number(length)}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(words)}</text>'
    )


def _fill(colour: Colour | str) -> str:
    return f"url(#{colour})" if isinstance(colour, str) else to_hex(colour)


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
