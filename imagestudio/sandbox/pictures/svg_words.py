"""Vector posters and logos: large words in whatever script, with one strong shape."""

import unicodedata
from collections.abc import Sequence

from imagestudio.sandbox.pictures.colour import mix, readable
from imagestudio.sandbox.pictures.poster import ASKED_FOR
from imagestudio.sandbox.pictures.scene import Scene
from imagestudio.sandbox.pictures.svg_write import circle, path, rectangle, text
from imagestudio.sandbox.pictures.words import headline, plain, quoted

_LONGEST = 60  # characters
_LEADING = 1.08


def poster(scene: Scene) -> list[str]:
    """Arcs or discs above, the words below; beside each other where the drawing is wide."""
    width, height = scene.width, scene.height
    ground = scene.palette.paper if scene.chance(0.6) else scene.palette.ramp[1]
    ink = readable(ground, scene.palette.ink, scene.palette.paper)
    margin = min(width, height) * 0.09
    drawn = [rectangle((0, 0, width, height), ground)]
    if width > height * 1.7:
        side = height - 2 * margin
        drawn += _emblem(scene, (margin + side / 2, height / 2), side / 2)
        box = (margin * 2 + side, margin, width - margin * 3 - side, height - 2 * margin)
    else:
        side = min(width - 2 * margin, height * 0.52)
        drawn += _emblem(scene, (width / 2, margin + side / 2), side / 2)
        box = (margin, margin * 1.6 + side, width - 2 * margin, height - side - margin * 3)
    for line, middle, size, length in set_lines(_words(scene.prompt), box):
        drawn.append(text(line, middle, size, ink, length))
    return drawn


def _words(prompt: str) -> str:
    words = plain(quoted(prompt)) or plain(headline(prompt, ASKED_FOR, 4))
    return words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0]


def _emblem(scene: Scene, centre: tuple[float, float], radius: float) -> list[str]:
    """A rising sun of arcs, or petals about a middle."""
    ramp, accents = scene.palette.ramp, scene.palette.accents
    x, y = centre
    if scene.chance(0.5):
        colours = (ramp[2], accents[0], ramp[3], accents[1], ramp[4])
        return [
            path(_half(x, y + radius * 0.5, radius * (1 - index * 0.18)), colour)
            for index, colour in enumerate(colours)
        ]
    drawn = [circle(centre, radius, accents[0])]
    for index, (across, down) in enumerate(((-1, -1), (1, -1), (-1, 1), (1, 1))):
        colour = (ramp[4], accents[1], accents[2], mix(ramp[3], ramp[4], 0.5))[index]
        drawn.append(
            circle((x + across * radius * 0.33, y + down * radius * 0.33), radius * 0.36, colour, 0.92)
        )
    return [*drawn, circle(centre, radius * 0.2, ramp[0])]


def _half(x: float, base: float, radius: float) -> str:
    return f"M{x - radius:.2f} {base:.2f}A{radius:.2f} {radius:.2f} 0 0 1 {x + radius:.2f} {base:.2f}Z"


Line = tuple[str, tuple[float, float], float, float]


def set_lines(words: str, box: tuple[float, float, float, float]) -> list[Line]:
    """Lines that fill the box (left, top, width, height): text, middle of baseline, size and length in px."""
    left, top, width, height = box
    best: tuple[float, list[str]] = (0.0, [])
    for count in range(1, 5):
        lines = _broken(words, count)
        widest = max((_ems(line) for line in lines), default=0.0)
        if widest:
            size = min(width / widest, height / (_LEADING * len(lines)))
            best = max(best, (size, lines), key=lambda found: found[0])
    size, lines = best
    start = top + (height - size * _LEADING * len(lines)) / 2
    return [
        (line, (left + width / 2, start + size * (0.86 + _LEADING * index)), size, _ems(line) * size)
        for index, line in enumerate(lines)
    ]


def _broken(words: str, count: int) -> list[str]:
    """About equally long lines; text without spaces, as in Chinese, is cut anywhere."""
    pieces: Sequence[str] = (
        words.split() if " " in words else list(words) if _ems(words) > len(words) * 0.9 else [words]
    )
    joint = " " if " " in words else ""
    aim = _ems(words) / count
    lines: list[str] = []
    for piece in pieces:
        if lines and (_ems(lines[-1]) + _ems(piece) / 2 < aim or len(lines) == count):
            lines[-1] += joint + piece
        else:
            lines.append(piece)
    return lines


def _ems(line: str) -> float:
    """A line's usual length in a bold sans, as a share of its size."""
    return sum(
        1.0 if unicodedata.east_asian_width(c) in "WF" else 0.3 if c in " iIl.,'!|" else 0.6 for c in line
    )
