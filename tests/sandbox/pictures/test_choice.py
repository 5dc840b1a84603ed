"""A prompt's words choose the family, the palette and the words that are set."""

import numpy as np

from imagestudio.sandbox.pictures import draw
from imagestudio.sandbox.pictures.palette import choose_palette
from imagestudio.sandbox.pictures.picture import chance, scene_of
from imagestudio.sandbox.pictures.poster import words_to_set
from imagestudio.sandbox.pictures.words import quoted, words_of
from tests.tables import rows


@rows(
    ("prompt", "family"),
    [
        ("Mountains above a lake at dawn", "landscape"),
        ("a beach in neon light", "landscape"),
        ("hair in the wind", "flow"),
        ("abstract city", "flow"),
        ("seamless geometric tiles", "pattern"),
        ("a wave pattern", "pattern"),
        ("a bowl of fruit and a vase", "still_life"),
        ("sunset over a city", "skyline"),
        ("portrait of an old man on a mountain", "portrait"),
        ("a red fox in the snow", "portrait"),
        ("a logo for a bakery", "poster"),
        ('a mountain with a sign that reads "Summit"', "poster"),
        ("ein Schild mit „Grüß Gott“", "poster"),
    ],
)
def test_words_choose_the_family(prompt: str, family: str) -> None:
    assert scene_of(prompt, 64, 64, 1)[0] == family


def test_prompts_without_known_words_get_every_family() -> None:
    families = {scene_of(f"qqq{number}", 64, 64, 1)[0] for number in range(80)}
    assert families == {"landscape", "flow", "pattern", "still_life", "skyline", "portrait"}


def test_a_prompts_family_does_not_depend_on_the_seed() -> None:
    assert len({scene_of("zzz", 64, 64, seed)[0] for seed in range(20)}) == 1


def _mean(prompt: str) -> tuple[float, float, float]:
    red, green, blue = np.asarray(draw(prompt, 128, 128, 1), np.float32).mean(axis=(0, 1))
    return float(red), float(green), float(blue)


@rows("subject", ["abstract silk", "geometric pattern", "landscape"])
def test_colour_words_can_be_seen(subject: str) -> None:
    red, blue, grey = _mean(f"red {subject}"), _mean(f"blue {subject}"), _mean(f"black and white {subject}")
    assert red[0] - red[2] > 25
    assert red[0] - red[2] > blue[0] - blue[2] + 40
    assert max(grey) - min(grey) < 30


def test_night_is_darker_than_day() -> None:
    assert sum(_mean("mountains at night")) < sum(_mean("mountains in winter")) * 0.6


def test_landscape_is_lighter_above_than_below_and_a_pattern_is_not() -> None:
    """Families differ in what can be measured, not in name only."""

    def fall(prompt: str) -> float:
        rows = np.asarray(draw(prompt, 128, 128, 4), np.float32).mean(axis=(1, 2))
        return float(rows[:50].mean() - rows[-30:-12].mean())

    assert fall("landscape in winter") > 40
    assert abs(fall("geometric pattern in winter")) < 40


def test_two_colours_named_are_both_used() -> None:
    both = choose_palette(("red", "blue"), chance(1))
    red, blue = choose_palette(("red",), chance(1)), choose_palette(("blue",), chance(1))
    assert both.ramp == red.ramp
    assert both.accents == (blue.ramp[2], blue.accents[0], blue.ramp[3])


@rows(
    ("prompt", "text"),
    [
        ('a poster saying "Hello  World"', "Hello World"),
        ("a poster saying “Hello”", "Hello"),
        ("a sign that says 'don't stop'", "don't stop"),
        ("«Bonjour» on a wall", "Bonjour"),
        ("「こんにちは」", "こんにちは"),
        ("it's the dog's bone", ""),
        ('nothing: ""', ""),
    ],
)
def test_quoted_text_is_found(prompt: str, text: str) -> None:
    assert quoted(prompt) == text


@rows(
    ("prompt", "text"),
    [
        ('poster "Café Zürich – où?"', "Café Zürich où?"),
        ("a poster for a jazz festival in Paris", "jazz festival Paris"),
        ('logo "Straße" æ', "Strasse"),
        ('poster "你好" for tea', "tea"),
        ('poster "🦊"', ""),
    ],
)
def test_words_that_are_set(prompt: str, text: str) -> None:
    assert words_to_set(prompt) == text


def test_a_plural_counts_as_its_singular() -> None:
    assert {"cities", "city", "waves", "wave", "glass"} <= set(words_of("Cities, waves, glass"))
