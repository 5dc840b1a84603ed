"""Setting words with the font that Pillow brings along: no font of the system is needed."""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from PIL import ImageDraw, ImageFont

# Aileron as bundled with Pillow has ASCII and little more; these are its stand-ins for the rest of Latin.
_STAND_INS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "Þ": "Th", "ı": "i", "–": "-", "—": "-", "•": "·", "„": "“",
    }
)  # fmt: skip
_MARKS = {
    "\u0300": ((-0.16, -0.1), (0.06, 0.04)),
    "\u0301": ((0.16, -0.1), (-0.06, 0.04)),
    "\u0302": ((-0.16, 0.04), (0.0, -0.1), (0.16, 0.04)),
    "\u030c": ((-0.16, -0.1), (0.0, 0.04), (0.16, -0.1)),
    "\u0303": ((-0.18, 0.02), (-0.07, -0.06), (0.07, 0.02), (0.18, -0.06)),
    "\u0304": ((-0.16, -0.03), (0.16, -0.03)),
    "\u030b": ((0.0, -0.1), (-0.1, 0.04)),
}


@lru_cache(maxsize=64)
def font(size: float) -> ImageFont.FreeTypeFont:
    """Pillow's bundled font, letters so many pixels high; RuntimeError if this Pillow cannot scale it."""
    loaded = ImageFont.load_default(max(1.0, size))
    if not isinstance(loaded, ImageFont.FreeTypeFont):
        raise RuntimeError("This Pillow was built without FreeType. Install the standard Pillow wheel.")
    return loaded


@lru_cache(maxsize=1)
def _missing() -> bytes:
    return bytes(font(40).getmask("\uffff"))


@lru_cache(maxsize=2048)
def _has(char: str) -> bool:
    return char == " " or bytes(font(40).getmask(char)) != _missing()


def settable(text: str) -> str:
    """The text as far as the font has its letters, accents included; empty if nothing is left."""
    decomposed = unicodedata.normalize("NFD", text.translate(_STAND_INS))
    kept = [char if _has(char) or char in _DRAWN else " " for char in decomposed if _keeps_place(char)]
    joined = unicodedata.normalize("NFC", "".join(kept)).split()
    return " ".join(word for word in joined if any(letter.isalnum() for letter in word))


_DRAWN = frozenset(_MARKS) | {"\u0308", "\u030a", "\u0327"}


def _keeps_place(char: str) -> bool:
    return not unicodedata.combining(char) or char in _DRAWN


def base(text: str) -> str:
    """The text's letters without their accents, which is what the font can measure."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def width_of(text: str, size: float, weight: float = 0.0, tracking: float = 0.0) -> float:
    """How wide a line is, in pixels; weight and tracking are shares of the size."""
    letters = base(text)
    return font(100).getlength(letters) * size / 100 + size * (
        weight * 2 + tracking * max(0, len(letters) - 1)
    )


def draw_line(
    on: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: float,
    fill: int | tuple[int, int, int],
    weight: float = 0.0,
    tracking: float = 0.0,
) -> None:
    """One line, its left end and baseline at the point; weight thickens strokes by that share of the size."""
    face, stroke = font(size), size * weight
    x, y = at[0] + stroke, at[1]
    for letter in unicodedata.normalize("NFC", text):
        glyph = base(letter)
        on.text((x, y), glyph, fill, face, anchor="ls", stroke_width=stroke, stroke_fill=fill)
        step = face.getlength(glyph)
        for accent in unicodedata.normalize("NFD", letter)[1:]:
            _accent(on, accent, glyph, x + step / 2, y, size, fill, size * (0.075 + weight * 1.4))
        x += step + size * tracking


def _accent(
    on: ImageDraw.ImageDraw,
    accent: str,
    glyph: str,
    x: float,
    y: float,
    size: float,
    fill: int | tuple[int, int, int],
    thick: float,
) -> None:
    top = y + font(size).getbbox(glyph, anchor="ls")[1] - size * 0.1 - thick * 0.3
    if accent == "\u0308":
        for side in (-0.12, 0.12):
            centre = x + side * size
            on.ellipse(
                (centre - thick * 0.6, top - thick * 0.8, centre + thick * 0.6, top + thick * 0.4), fill
            )
    elif accent == "\u030a":
        ring = size * 0.09
        on.ellipse(
            (x - ring, top - ring, x + ring, top + ring), outline=fill, width=max(1, round(thick * 0.6))
        )
    elif accent == "\u0327":
        on.line(
            ((x, y), (x + size * 0.05, y + size * 0.1), (x - size * 0.06, y + size * 0.17)),
            fill,
            round(thick),
        )
    elif accent in _MARKS:
        points = [(x + across * size, top + down * size) for across, down in _MARKS[accent]]
        on.line(points, fill, max(1, round(thick)), joint="curve")


def break_lines(words: Sequence[str], count: int) -> list[str]:
    """The words in at most so many lines whose longest is as short as can be."""
    lengths, space = [width_of(word, 100) for word in words], width_of(" ", 100)
    # One of these is the longest line's length; the shortest that gives few enough lines is wanted.
    spans = sorted(
        sum(lengths[first:last]) + space * (last - first - 1)
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
    )
    least = bisect_left(spans, True, key=lambda span: len(_filled(lengths, space, span)) <= count)
    ends = _filled(lengths, space, spans[least])
    return [" ".join(words[first:last]) for first, last in zip([0, *ends], ends, strict=False)]


def _filled(lengths: Sequence[float], space: float, limit: float) -> list[int]:
    """Where lines end that take words while they are no longer than the limit; a longer word has its own."""
    ends: list[int] = []
    used = 0.0
    for index, length in enumerate(lengths):
        if index and used + space + length > limit + 1e-6:
            ends.append(index)
            used = length
        else:
            used += length + (space if index else 0.0)
    return [*ends, len(lengths)]


def fit(
    text: str, width: float, height: float, leading: float, weight: float = 0.0, tracking: float = 0.0
) -> tuple[list[str], float]:
    """The lines and the largest size at which the text fills a box; leading is the lines' step in sizes."""
    words = text.split()
    best: tuple[list[str], float] = ([text], 1.0)
    for count in range(1, min(len(words), 7) + 1):
        lines = break_lines(words, count)
        widest = max(width_of(line, 100, weight, tracking) for line in lines)
        size = min(width * 100 / widest, height / (leading * (len(lines) - 1) + 1))
        if size > best[1]:
            best = (lines, size)
    return best
