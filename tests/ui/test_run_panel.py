"""The buttons of a run: Gradio drops a press while the one before is not over."""

import json

import httpx
import pytest

from tests.conftest import Live
from tests.pressed import Tab

pytestmark = pytest.mark.slow  # importing Gradio takes longer than the tests


def test_a_press_is_over_with_its_answer_and_what_it_began_is_followed_apart(live: Live) -> None:
    with httpx.Client(base_url=live.url, timeout=60) as client:
        tab = Tab(client, "generate")
        press = tab.press_of("run")
        follow = tab.after(press)
        assert (press["trigger_mode"], follow["trigger_mode"]) == ("once", "multiple")

        (refusal,) = tab.told(press, tab.values(press, ""))
        assert "MISSING_REQUIRED_FIELD" in json.dumps(refusal)
        for told in tab.told(follow, refusal[-1:]):
            assert not [one for one in told if one and "value" in one]

        (begun,) = tab.told(press, tab.values(press, "a fox"))
        assert '<div class="frame' in str(begun)
        *_, ended = tab.told(follow, begun[-1:])
        assert 'alt="a fox"' in str(ended)
    assert len(live.submits) == 1
