"""draw() and encode(): exact sizes, the same bytes again, and no prompt that breaks them."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imagestudio.sandbox.pictures import draw, encode
from imagestudio.sandbox.pictures.picture import Format
from tests.tables import rows

A_PROMPT_A_FAMILY = [
    "misty mountains",
    "abstract silk",
    "dance of curves",
    "city at night by the river",
    "geometric pattern",
    "japanese wave pattern",
    'poster "Hello World"',
    'neon sign "OPEN"',
    "still life with fruit and flowers",
    "portrait of a woman",
    "a fox",
]


@rows("prompt", A_PROMPT_A_FAMILY)
def test_the_same_request_gives_the_same_bytes(prompt: str) -> None:
    first, second = (encode(draw(prompt, 96, 80, 7), "png") for _ in range(2))
    assert first == second


@rows("prompt", A_PROMPT_A_FAMILY)
def test_another_seed_gives_another_picture(prompt: str) -> None:
    assert draw(prompt, 64, 64, 1).tobytes() != draw(prompt, 64, 64, 2).tobytes()


@rows("size", [(64, 64), (64, 320), (320, 64), (151, 87)])
@rows("prompt", A_PROMPT_A_FAMILY)
def test_every_family_has_exactly_the_size_asked(prompt: str, size: tuple[int, int]) -> None:
    picture = draw(prompt, *size, 3)
    assert (picture.size, picture.mode) == (size, "RGB")


@rows("prompt", A_PROMPT_A_FAMILY)
def test_every_family_has_contrast_and_colours(prompt: str) -> None:
    """A picture that came out blank or muddy has a small spread of light and few colours."""
    pixels = np.asarray(draw(prompt, 128, 128, 5), np.float32)
    coarse = {tuple(colour) for colour in (pixels // 32).reshape(-1, 3).astype(int).tolist()}
    assert pixels.mean(axis=2).std() > 12
    assert len(coarse) > 8


def test_the_largest_size_is_drawn() -> None:
    assert draw("geometric pattern", 4096, 64, 1).size == (4096, 64)
    assert draw("portrait", 1200, 1600, 1).size == (1200, 1600)


@rows("size", [(63, 512), (512, 4097), (0, 0)])
def test_other_sizes_are_refused_with_the_bounds(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"A side is 64 to 4096 px; this picture would be \d+ × \d+\."):
        draw("a hill", *size, 1)


@settings(max_examples=25, deadline=None)
@given(
    prompt=st.text(max_size=120)
    | st.sampled_from(["", " ", "🦊🌊", "مرحبا بالعالم", '"مرحبا"', '"你好"', "\ud800", "\x00"]),
    width=st.integers(64, 128),
    height=st.integers(64, 128),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_prompt_gives_a_picture(prompt: str, width: int, height: int, seed: int) -> None:
    assert draw(prompt, width, height, seed).size == (width, height)


@settings(max_examples=20, deadline=None)
@given(text=st.text(max_size=150), seed=st.integers(0, 20))
def test_any_quoted_text_can_be_set(text: str, seed: int) -> None:
    assert draw(f'poster "{text}"', 120, 90, seed).size == (120, 90)


@rows("prompt", ["mountain " * 1111, "x" * 10_000, '"' + "long word " * 1000 + '"', '"' + "x" * 9998 + '"'])
def test_the_longest_prompts_are_drawn(prompt: str) -> None:
    assert draw(prompt, 128, 128, 1).size == (128, 128)


@rows("format", ["png", "jpeg", "webp"])
def test_encode_writes_the_format_asked(format: Format) -> None:
    picture = draw("a lake", 96, 64, 1)
    read = Image.open(io.BytesIO(encode(picture, format)))
    assert (read.format, read.size) == (format.upper(), (96, 64))


def test_png_keeps_every_pixel_and_transparency() -> None:
    picture = draw("a lake", 96, 64, 1).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    assert Image.open(io.BytesIO(encode(picture, "png"))).tobytes() == picture.tobytes()


def test_jpeg_puts_white_behind_transparency() -> None:
    read = Image.open(io.BytesIO(encode(Image.new("RGBA", (32, 32), (200, 0, 0, 0)), "jpeg")))
    assert read.getpixel((16, 16)) == (255, 255, 255)
