"""draw_svg(): well-formed, of the size asked, self-contained, and with the words and the mark in it."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestudio.sandbox.pictures import draw_svg
from tests.tables import rows

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {SVG + name for name in ("svg", "rect", "circle", "path", "text", "defs", "linearGradient", "stop")}
PROMPTS = [
    "mountains",
    "a city at night",
    "abstract",
    "pattern",
    "a flower",
    "a woman",
    "an owl",
    'logo "Fjord & Co"',
]


@rows("prompt", PROMPTS)
@rows("size", [(64, 64), (512, 384), (256, 2048), (2048, 256)])
def test_size_and_elements(prompt: str, size: tuple[int, int]) -> None:
    width, height = size
    root = ElementTree.fromstring(draw_svg(prompt, width, height, 1))
    assert root.attrib == {"width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}"}
    assert {element.tag for element in root.iter()} <= ALLOWED
    assert len(list(root.iter())) > 6


@rows("prompt", PROMPTS)
def test_nothing_is_fetched_or_run(prompt: str) -> None:
    root = ElementTree.fromstring(draw_svg(prompt, 512, 512, 1))
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert "href" not in name
            assert re.findall(r"url\((.*?)\)", value) in ([], ["#sky"])
            assert "nan" not in value
            assert "inf" not in value.lower().split()


def _texts(drawing: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(drawing).iter(SVG + "text")]


@rows("prompt", PROMPTS)
def test_every_drawing_has_the_mark(prompt: str) -> None:
    assert _texts(draw_svg(prompt, 512, 512, 1))[-1] == "demo"


def test_quoted_words_are_set_in_any_script() -> None:
    assert " ".join(_texts(draw_svg('logo "Fjord & <Co>"', 800, 300, 1))) == "Fjord & <Co> demo"
    assert "".join(_texts(draw_svg('poster "你好世界"', 300, 800, 1))[:-1]) == "你好世界"


def test_the_same_request_gives_the_same_bytes() -> None:
    for prompt in PROMPTS:
        assert draw_svg(prompt, 300, 200, 9) == draw_svg(prompt, 300, 200, 9)
        assert draw_svg(prompt, 300, 200, 9) != draw_svg(prompt, 300, 200, 10)


def test_other_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="A side is 64 to 4096 px"):
        draw_svg("a hill", 5000, 64, 1)


@settings(max_examples=80, deadline=None)
@given(
    prompt=st.text(max_size=100) | st.text(max_size=100).map(lambda text: f'poster "{text}"'),
    width=st.integers(64, 4096),
    height=st.integers(64, 4096),
)
def test_any_prompt_is_well_formed(prompt: str, width: int, height: int) -> None:
    assert ElementTree.fromstring(draw_svg(prompt, width, height, 1)).tag == SVG + "svg"


def test_the_longest_prompts_are_drawn() -> None:
    for prompt in ("x" * 10_000, '"' + "word " * 2000 + '"', "poster " + "字" * 9000):
        assert ElementTree.fromstring(draw_svg(prompt, 256, 256, 1)).tag == SVG + "svg"
