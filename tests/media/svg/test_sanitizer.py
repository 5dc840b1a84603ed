"""What is left of a drawing: what it draws, and nothing that it names, runs or repeats without end."""

import io
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imagestudio.media.svg import NotSvg, TooHeavy, sanitize
from imagestudio.sandbox.pictures import draw_svg
from tests.tables import rows

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
ILLUSTRATION = Path(__file__).with_name("illustration.svg").read_bytes()


def clean(inside: str) -> str:
    """What becomes of an element, as text."""
    whole = sanitize(f"{HEAD}{inside}</svg>".encode()).decode()
    return whole.removeprefix('<svg xmlns="http://www.w3.org/2000/svg">').removesuffix("</svg>")


def raster(drawing: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    png = resvg_py.svg_to_bytes(svg_string=drawing.decode(), width=300)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


PROMPTS = ["mountains", "a city at night", "abstract", "pattern", "a flower", "an owl", 'logo "Fjord & Co"']


@rows("prompt", PROMPTS)
def test_a_drawing_of_the_sandbox_looks_the_same(prompt: str) -> None:
    drawing = draw_svg(prompt, 480, 360, 7)
    assert (raster(sanitize(drawing)) == raster(drawing)).all()


def test_a_drawing_of_a_drawing_program_looks_the_same() -> None:
    assert (raster(sanitize(ILLUSTRATION)) == raster(ILLUSTRATION)).all()
    assert raster(ILLUSTRATION).any()


def test_what_is_clean_stays_as_it_is() -> None:
    once = sanitize(ILLUSTRATION)
    assert sanitize(once) == once


@rows(
    ("inside", "left"),
    [
        ("<script>alert(1)</script><g/>", "<g></g>"),
        ('<rect onclick="x()" onload="x()" width="5"/>', '<rect width="5"></rect>'),
        ("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>", ""),
        ('<image href="http://x/y.png"/><image xlink:href="data:image/png;base64,AA=="/>', ""),
        ('<animate attributeName="href" to="#x"/><set attributeName="fill" to="red"/>', ""),
        ('<iframe src="http://x"/><x:rect xmlns:x="http://x" width="1"/><!-- note --><?php x ?>', ""),
        ('<use href="http://x/y.svg#z"/>', "<use></use>"),
        (
            '<use href="#z" x="1"/><use xlink:href=" #z "/>',
            '<use href="#z" x="1"></use><use href="#z"></use>',
        ),
        ('<a href="javascript:x()" target="_top"><path d="M0 0"/></a>', '<g><path d="M0 0"></path></g>'),
        ('<g xml:base="http://x/" xmlns:e="http://e" e:fill="red" data-x="1"/>', "<g></g>"),
        ('<rect fill="url(http://x#y)" stroke="url(#y)"/>', '<rect stroke="url(#y)"></rect>'),
        ('<rect fill="url(#y" mask="url(\'#y\')"/>', "<rect mask=\"url('#y')\"></rect>"),
        ('<rect fill="u\\72l(http://x)" filter="u/**/rl(http://x)"/>', "<rect></rect>"),
        ('<rect fill="image(http://x)" stroke="uurl(#a)rl(http://x)"/>', "<rect></rect>"),
        (
            '<rect style="fill:red;background:url(http://x);-moz-binding:url(#x)"/>',
            '<rect style="fill:red"></rect>',
        ),
        (
            '<rect style="FILL: url(http://x); stroke: #fff !important"/>',
            '<rect style="stroke:#fff !important"></rect>',
        ),
        ('<path d="M0 0L1e3-.5z"/><path d="M0 0;alert"/>', '<path d="M0 0L1e3-.5z"></path><path></path>'),
        ("<g>text</g><text>a&amp;b</text><desc>x</desc>", "<g></g><text>a&amp;b</text>"),
        ('<g id="a"/><path id="a"/>', '<g id="a"></g><path></path>'),
        ("<style>@import 'http://x';.a{fill:red}</style>", ""),
        ("<style>.a{fill:url(http://x)}</style>", ""),
        (
            "<style>.a{fill:red;src:url(x)}.b .c,#d{stroke:blue}</style>",
            "<style>.a{fill:red}#d{stroke:blue}</style>",
        ),
        ("<style>.a{filter:url(#f);fill:url(#g)}/* x */</style>", "<style>.a{fill:url(#g)}</style>"),
        ("<style>.a{fill:red}<g/></style>", "<style>.a{fill:red}</style>"),
    ],
)
def test_what_is_left(inside: str, left: str) -> None:
    assert clean(inside) == left


@rows(
    "drawing",
    [
        b"",
        b"<svg/>",
        b"<html/>",
        b"\x89PNG\r\n",
        HEAD.encode(),
        f'<!DOCTYPE svg [<!ENTITY a "b">]>{HEAD}&a;</svg>'.encode(),
        f"{HEAD}&nbsp;</svg>".encode(),
    ],
)
def test_what_is_no_drawing(drawing: bytes) -> None:
    with pytest.raises(NotSvg):
        sanitize(drawing)


def test_references_count_as_often_as_they_are_followed() -> None:
    def grid(number: int) -> str:
        return f'<g id="a">{"<g/>" * 999}</g>' + '<use href="#a"/>' * number

    assert clean(grid(290)).count("<use") == 290
    with pytest.raises(TooHeavy, match="too often"):
        clean(grid(310))


def test_a_rule_paints_with_what_is_light() -> None:
    sheet = "<style>.a{fill:url(#p)}</style>"
    assert "url(#p)" in clean(f'{sheet}<linearGradient id="p">{"<stop/>" * 100}</linearGradient>')
    with pytest.raises(TooHeavy):
        clean(f'{sheet}<pattern id="p"><g/></pattern>')


def test_it_takes_no_longer_than_it_is_long() -> None:
    # Each of these takes minutes where anything looks back over what it has seen.
    many = 300_000
    for inside in (
        f"<style>{'/*' * many}</style>",
        f"<style>{'a,' * 90_000}</style>",
        f'<rect style="{"fill:red;" * many}"/>',
        f'<rect fill="{"a" * 20_000}"/>' * 50,
        f'<rect fill="{"url(#" * 4000}"/>' * 50,
        f'<path d="{"M0 0L1 1" * many}"/>',
    ):
        clean(inside)


TOKENS = st.sampled_from(
    [
        "url(",
        "#a",
        ")",
        "http://x",
        "'",
        '"',
        ";",
        ":",
        "fill",
        "style",
        "@import",
        "\\",
        "/*",
        "*/",
        "{",
        "}",
        " ",
        "a",
    ]
)


@settings(deadline=None)
@given(st.lists(TOKENS, max_size=12).map("".join))
def test_no_value_names_anything_outside(value: str) -> None:
    quoted = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    inside = f'<rect fill="{quoted}" style="fill:{quoted}"/><style>.a{{fill:{quoted}}}</style>'
    root = fromstring(sanitize(f"{HEAD}{inside}</svg>".encode()))
    for text in (
        value for element in root.iter() for value in (*element.attrib.values(), element.text or "")
    ):
        assert "@" not in text
        assert (
            text.replace("url(#a)", "").replace("url('#a')", "").replace('url("#a")', "").count("url(") == 0
        )
