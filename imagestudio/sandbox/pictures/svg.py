"""The same families as vector drawings: plain shapes, no script, nothing from outside."""

from imagestudio.sandbox.pictures import svg_scenes, svg_words
from imagestudio.sandbox.pictures.mark import WORD, place
from imagestudio.sandbox.pictures.picture import check_size, scene_of
from imagestudio.sandbox.pictures.svg_write import number, rectangle, text

_PAINTERS = {
    "flow": svg_scenes.waves,
    "landscape": svg_scenes.hills,
    "skyline": svg_scenes.city,
    "pattern": svg_scenes.tiles,
    "portrait": svg_scenes.bust,
    "poster": svg_words.poster,
    "still_life": svg_scenes.blossom,
}


def draw_svg(prompt: str, width: int, height: int, seed: int) -> bytes:
    """A drawing for the prompt as an SVG file (UTF-8), the same for the same arguments, with the demo mark.

    Sides are from 64 to 4096 px, else ValueError.
    """
    check_size(width, height)
    family, scene = scene_of(prompt, width, height, seed)
    body = "\n".join([*_PAINTERS[family](scene), *_mark(width, height)])
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{body}\n</svg>\n'.encode()


def _mark(width: int, height: int) -> list[str]:
    at = place(width, height)
    middle = (at.left + at.width / 2, at.top + at.height * 0.5 + at.size * 0.34)
    return [
        rectangle(
            (at.left, at.top, at.width, at.height), (0.086, 0.086, 0.1), f'rx="{number(at.height / 2)}"'
        ),
        text(WORD, middle, at.size, (0.965, 0.96, 0.95), at.size * 2.5, "500"),
    ]
