"""The buttons of a run as Gradio's browser side presses them: it drops what comes before a press is over."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import Live

REFUSED, TAKEN = "", "a fox"


class Page:
    """The Generate tab without a browser."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        config = self._client.get("/config").json()
        self._props = {one["id"]: one["props"] for one in config["components"]}
        self.events: list[dict[str, Any]] = config["dependencies"]

    def event(self, button: str) -> dict[str, Any]:
        """What a press of a button is."""
        (id,) = [id for id, props in self._props.items() if props.get("elem_id") == button]
        (event,) = [one for one in self.events if [id, "click"] in one["targets"] and one["backend_fn"]]
        return event

    def values(self, event: dict[str, Any], prompt: str) -> list[Any]:
        """What the form holds, with a prompt."""
        named = [self._props[id] for id in event["inputs"]]
        return [prompt if one.get("elem_id") == "generate-prompt" else one.get("value") for one in named]

    def told(self, event: dict[str, Any], values: list[Any]) -> list[dict[str, Any]]:
        """All that an event tells with pictures, words and buttons, to its end."""
        body = {"fn_index": event["id"], "data": values, "session_hash": "presses"}
        self._client.post("/gradio_api/queue/join", json=body).raise_for_status()
        with self._client.stream("GET", "/gradio_api/queue/data?session_hash=presses") as stream:
            lines = [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]
        return [line for line in lines if line["msg"] in ("process_generating", "process_completed")]


@pytest.fixture
def page(live: Live) -> Iterator[Page]:
    with httpx.Client(base_url=live.url, timeout=60) as client:
        yield Page(client)


def test_a_press_is_over_with_its_answer_and_what_it_began_is_followed_apart(page: Page, live: Live) -> None:
    press = page.event("generate-run")
    (follow,) = [one for one in page.events if one["trigger_after"] == press["id"]]
    assert (press["trigger_mode"], follow["trigger_mode"]) == ("once", "multiple")

    (refusal,) = page.told(press, page.values(press, REFUSED))
    assert "MISSING_REQUIRED_FIELD" in json.dumps(refusal["output"])
    for told in page.told(follow, refusal["output"]["data"][-1:]):
        assert not [one for one in told["output"]["data"] if one and "value" in one]

    (begun,) = page.told(press, page.values(press, TAKEN))
    assert 'class="frame' in json.dumps(begun["output"]).replace('\\"', '"')
    *_, ended = page.told(follow, begun["output"]["data"][-1:])
    assert 'alt="a fox"' in json.dumps(ended["output"]).replace('\\"', '"')
    assert len(live.submits) == 1
