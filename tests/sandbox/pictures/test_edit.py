"""edit(): every word it knows changes the picture, in its own way, at the source's size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageStat

from imagestudio.sandbox.pictures import draw, edit
from imagestudio.sandbox.pictures.edits.apply import EDITS
from imagestudio.sandbox.pictures.mark import place
from tests.tables import rows

WORDS = [words.split()[0] for words, _ in EDITS]
RESIZING = {"crop", "rotate"}


@pytest.fixture(scope="module")
def small(source: Image.Image) -> Image.Image:
    """The same picture, where its size says nothing."""
    return source.resize((120, 90))


@pytest.fixture(scope="module")
def source() -> Image.Image:
    return draw("mountains and a lake at sunset", 320, 240, 1)


def changed(before: Image.Image, after: Image.Image) -> float:
    """The share of pixels, the mark aside, that changed by more than a tenth of the range."""
    first, second = (np.asarray(image.convert("RGB"), np.int16) for image in (before, after))
    at = place(*before.size)
    difference = np.abs(first - second).max(axis=2) > 25
    difference[at.top :, at.left :] = False
    return float(difference.mean())


def light(image: Image.Image) -> float:
    return float(ImageStat.Stat(image.convert("L")).mean[0])


def warmth(image: Image.Image) -> float:
    red, _, blue = ImageStat.Stat(image.convert("RGB")).mean
    return float(red - blue)


def spread(image: Image.Image) -> float:
    """How much neighbouring pixels differ."""
    return float(np.abs(np.diff(np.asarray(image.convert("L"), np.int16), axis=1)).mean())


@rows("word", sorted(set(WORDS) - RESIZING - {"caption"}))
def test_every_word_changes_the_picture_and_keeps_its_size(source: Image.Image, word: str) -> None:
    after = edit(source, f"please {word}", 1)
    assert after.size == source.size
    assert changed(source, after) > 0.01


def test_the_words_do_different_things(small: Image.Image) -> None:
    results = [edit(small, word, 1).tobytes() for word in WORDS]
    assert len(set(results)) >= len(WORDS) - 1  # a caption without words to set is a change of colours


def test_the_same_request_gives_the_same_picture(small: Image.Image) -> None:
    for word in WORDS:
        assert edit(small, word, 4).tobytes() == edit(small, word, 4).tobytes()


def test_the_source_is_left_alone(small: Image.Image) -> None:
    before = small.tobytes()
    for word in WORDS:
        edit(small, word, 1)
    assert small.tobytes() == before


def test_tones_go_the_way_they_are_named(source: Image.Image) -> None:
    assert light(edit(source, "brighten it", 1)) > light(source) + 10
    assert light(edit(source, "darken it", 1)) < light(source) - 10
    assert light(edit(source, "make it night", 1)) < light(source) * 0.7
    assert warmth(edit(source, "warmer", 1)) > warmth(source) + 10
    assert warmth(edit(source, "make it cooler", 1)) < warmth(source) - 10
    assert warmth(edit(source, "make everything blue", 1)) < 0
    assert spread(edit(source, "blur it", 1)) < spread(source) < spread(edit(source, "sharpen", 1))


def test_black_and_white_is_grey(source: Image.Image) -> None:
    pixels = np.asarray(edit(source, "make it black and white", 1), np.int16)
    at = place(*source.size)
    assert np.ptp(pixels[: at.top], axis=2).max() == 0


def test_blurring_the_background_keeps_the_middle(source: Image.Image) -> None:
    middle = (140, 110, 180, 140)
    after = edit(source, "blur the background", 1)
    assert after.crop(middle).tobytes() == source.crop(middle).tobytes()
    assert spread(after.crop((0, 0, 60, 240))) < spread(source.crop((0, 0, 60, 240)))


def test_a_caption_sets_the_quoted_words(source: Image.Image) -> None:
    one, other = (edit(source, f'add the text "{words}"', 1) for words in ("Summer", "Winter days"))
    foot = (0, 150, 320, 225)
    assert changed(source.crop(foot), one.crop(foot)) > 0.05
    assert changed(one.crop(foot), other.crop(foot)) > 0.02
    assert one.crop((0, 0, 320, 100)).tobytes() == source.crop((0, 0, 320, 100)).tobytes()


def test_only_one_place_changes_when_something_is_added(source: Image.Image) -> None:
    after = edit(source, "add a red ball on the left", 1)
    assert changed(source.crop((0, 0, 160, 240)), after.crop((0, 0, 160, 240))) > 0.05
    assert after.crop((220, 0, 320, 200)).tobytes() == source.crop((220, 0, 320, 200)).tobytes()


def test_shapes_change_as_asked(source: Image.Image) -> None:
    assert edit(source, "crop to a square", 1).size == (240, 240)
    assert edit(source, "crop it", 1).size == (256, 192)
    assert edit(source, "rotate right", 1).size == (240, 320)
    assert edit(source, "rotate by 180 degrees", 1).size == (320, 240)


def test_a_turn_to_the_left_undoes_one_to_the_right(source: Image.Image) -> None:
    back = edit(edit(source, "rotate right", 1), "rotate left", 1)
    whole = (0, 0, 240, 180)
    assert back.crop(whole).tobytes() == source.crop(whole).tobytes()


def test_unknown_words_still_change_the_picture(source: Image.Image) -> None:
    assert changed(source, edit(source, "surprise me", 1)) > 0.2


@rows("word", ["blur", "black and white", "flip", "sharpen", "remove it", "nothing known"])
def test_even_a_plain_picture_is_visibly_changed(word: str) -> None:
    plain = Image.new("RGB", (200, 200), (128, 128, 128))
    assert changed(plain, edit(plain, word, 1)) > 0.02


@rows("mode", ["RGB", "L", "1", "P", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16"])
def test_any_mode_becomes_rgb(small: Image.Image, mode: str) -> None:
    taken = small.convert("I").convert("I;16") if mode == "I;16" else small.convert(mode)
    after = edit(taken, "make it blue", 1)
    assert (after.mode, after.size) == ("RGB", small.size)


@rows("word", sorted(set(WORDS) - RESIZING))
def test_transparency_is_kept(small: Image.Image, word: str) -> None:
    clear = small.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(small.size))
    after = edit(clear, f"{word} thing", 1)
    assert after.mode == "RGBA"
    assert after.getchannel("A").getextrema()[0] < 128


@rows("mode", ["LA", "RGBA", "RGBa", "La", "PA"])
def test_modes_with_transparency_become_rgba(source: Image.Image, mode: str) -> None:
    taken = source.convert("L" if mode.startswith("L") else "P" if mode == "PA" else "RGB")
    taken = taken.convert({"RGBa": "RGBA", "La": "LA"}.get(mode, mode)).convert(mode)
    assert edit(taken, "warmer", 1).mode == "RGBA"


def test_a_photograph_is_turned_upright() -> None:
    photo = draw("a lake", 128, 64, 1)
    photo.getexif()[0x0112] = 6
    assert edit(photo, "warmer", 1).size == (64, 128)


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(
        st.sampled_from([*WORDS, "red", "left", "30°", '"Hello"', "background", "square"]), max_size=4
    ),
    noise=st.text(max_size=40),
    width=st.integers(1, 140),
    height=st.integers(1, 140),
    mode=st.sampled_from(["RGB", "RGBA", "L"]),
)
def test_any_instruction_on_any_picture(
    words: list[str], noise: str, width: int, height: int, mode: str
) -> None:
    picture = Image.linear_gradient("L").resize((width, height)).convert(mode)
    after = edit(picture, " ".join([*words, noise]), 1)
    assert after.mode == ("RGBA" if mode == "RGBA" else "RGB")
    if not set(words) & RESIZING and not {"crop", "rotate", "turn", "square"} & set(noise.split()):
        assert after.size == (width, height) or "square" in words
