"""Drawing: from a prompt, a size and a seed to a picture, and to its file."""

import hashlib
import io
from typing import Literal

import numpy as np
from PIL import Image

from imagestudio.sandbox.pictures.choose import PAINTERS, family_of
from imagestudio.sandbox.pictures.mark import stamp
from imagestudio.sandbox.pictures.palette import choose_palette
from imagestudio.sandbox.pictures.scene import Scene
from imagestudio.sandbox.pictures.words import words_of

SMALLEST, LARGEST = 64, 4096
_MOST_PIXELS = 2048 * 2048  # painted; a larger picture is enlarged, which keeps time and memory in bounds


def chance(*facts: object) -> np.random.Generator:
    """A source of chance that is the same for the same facts, on every machine."""
    text = "\x1f".join(str(fact) for fact in facts)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def check_size(width: int, height: int) -> None:
    """ValueError unless both sides are from 64 to 4096."""
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise ValueError(f"A side is {SMALLEST} to {LARGEST} px; this picture would be {width} × {height}.")


def scene_of(prompt: str, width: int, height: int, seed: int) -> tuple[str, Scene]:
    """The family that the prompt asks for, and what its painter is given."""
    words = words_of(prompt)
    # Seeds vary a prompt's picture within its family, as they would with a model.
    family = family_of(prompt, words, chance("family", prompt))
    rng = chance("picture", prompt, seed)
    return family, Scene(prompt, frozenset(words), width, height, choose_palette(words, rng), rng)


def draw(prompt: str, width: int, height: int, seed: int) -> Image.Image:
    """A picture (RGB) for the prompt, the same for the same prompt, size and seed, with the demo mark.

    Sides are from 64 to 4096 px, else ValueError. Takes about 0.3 s a megapixel; call it in a thread.
    """
    check_size(width, height)
    scale = min(1.0, (_MOST_PIXELS / (width * height)) ** 0.5)
    family, scene = scene_of(prompt, max(64, round(width * scale)), max(64, round(height * scale)), seed)
    painted = PAINTERS[family](scene)
    if painted.size != (width, height):
        painted = painted.resize((width, height), Image.Resampling.BICUBIC)
    return stamp(painted)


Format = Literal["png", "jpeg", "webp"]


def encode(image: Image.Image, format: Format) -> bytes:
    """The picture as a file of the format; JPEG, which has no transparency, gets white behind it."""
    if format == "jpeg" and image.mode != "RGB":
        opaque = Image.new("RGBA", image.size, "white")
        opaque.alpha_composite(image.convert("RGBA"))
        image = opaque.convert("RGB")
    file = io.BytesIO()
    if format == "png":
        image.save(file, "PNG", compress_level=3)
    elif format == "jpeg":
        image.save(file, "JPEG", quality=91)
    else:
        image.save(file, "WEBP", quality=90, method=2)
    return file.getvalue()
