"""The words are a complete table, and each does something."""

import re

import pytest

from imagestudio.sandbox.script import WORDS, plain, words_in
from tests.tables import rows


def test_each_word_has_a_sentence():
    for word, sentence in WORDS.items():
        assert re.fullmatch(r"demo:[a-z]+(-[a-z]+)*", word)
        assert sentence.endswith(".")


@rows(
    ("prompt", "found"),
    [
        ("a fox", set()),
        ("a fox demo:refuse, please", {"demo:refuse"}),
        ("demo:refuse-image", {"demo:refuse-image"}),
        ("demo:slow demo:lie", {"demo:slow", "demo:lie"}),
        ("Demo:slow DEMO:SLOW", set()),
        ("demo:nonsense", set()),
        ("demo:slowly", set()),
        ("mydemo:slow", set()),
    ],
)
def test_words_are_found_whole_and_lower_case(prompt, found):
    assert words_in(prompt) == found


def test_pictures_do_not_show_the_words():
    assert plain("a fox demo:slow in a demo:nonsense hat") == "a fox in a hat"


async def test_slow_takes_ten_seconds(open_sandbox, clock):
    sandbox = await open_sandbox(speed=1.0)
    submitted = await sandbox.bfl("flux-2-pro", {"prompt": "demo:slow", "width": 256, "height": 256})
    clock.now += 9.5
    assert (await sandbox.bfl_poll(submitted))["status"] == "Generating"
    clock.now += 0.6
    assert (await sandbox.bfl_end(submitted))["result"]["duration"] == pytest.approx(10.0)


@pytest.mark.parametrize("speed", [0.5, 2.0])
async def test_speed_scales_durations(open_sandbox, clock, speed):
    sandbox = await open_sandbox(speed=speed)
    submitted = await sandbox.bfl("flux-2-pro", {"prompt": "demo:slow", "width": 256, "height": 256})
    clock.now += 60
    assert (await sandbox.bfl_end(submitted))["result"]["duration"] == pytest.approx(10.0 * speed)
