"""From a wish for a picture to the bytes of its file. Everything here takes CPU time: call it in a thread.

The drawing code is imported when the first picture is drawn, so that the sandbox starts at once.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imagestudio.sandbox.script import plain

if TYPE_CHECKING:
    from PIL.Image import Image

Format = Literal["png", "jpeg", "webp", "svg"]

CONTENT_TYPES: dict[Format, str] = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}

SIDE_MIN, SIDE_MAX = 64, 4096
PRETEND_SIZE = (1024, 1024)
"""What a picture at a public URL is taken to measure: the sandbox never goes out to fetch one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One picture to draw, or to make out of `source`: a file's bytes, or a URL that stands for a picture."""

    prompt: str
    width: int
    height: int
    seed: int
    format: Format
    source: bytes | str | None = None
    black: bool = False


def paint(wish: Wish) -> bytes:
    """The file's bytes; the same for the same wish. Sides are kept within 64 to 4096 pixels."""
    from PIL.Image import new
    from PIL.ImageOps import fit

    from imagestudio.sandbox.pictures import draw, draw_svg, edit, encode

    width, height = _side(wish.width), _side(wish.height)
    prompt, seed = plain(wish.prompt), wish.seed % 2**32
    if wish.format == "svg":
        return draw_svg(prompt, width, height, seed)
    if wish.black:
        return encode(new("RGB", (width, height)), wish.format)
    if wish.source is None:
        return encode(draw(prompt, width, height, seed), wish.format)
    source = draw(wish.source, *PRETEND_SIZE, 0) if isinstance(wish.source, str) else _opened(wish.source)
    picture = edit(fit(source, (width, height)), prompt, seed)
    return encode(picture, wish.format)


def measure(data: bytes) -> tuple[int, int] | None:
    """Width and height of a picture file, None where it is none that can be read whole."""
    try:
        return _opened(data).size
    except Exception:
        # Pillow's formats raise all kinds of errors about broken files, bombs included.
        return None


def _opened(data: bytes) -> "Image":
    from PIL.Image import open as open_picture

    with open_picture(io.BytesIO(data)) as opened:
        opened.load()
        return opened.convert("RGBA" if "A" in opened.getbands() else "RGB")


def _side(length: int) -> int:
    return max(SIDE_MIN, min(SIDE_MAX, length))
