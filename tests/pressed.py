"""A tab's buttons as Gradio's browser side presses them, without a browser."""

import json
from typing import Any

import httpx


class Tab:
    """A tab of the page that a client has."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self._client = client
        self._name = name
        config = client.get("/config").json()
        self._props = {one["id"]: one["props"] for one in config["components"]}
        self._events: list[dict[str, Any]] = config["dependencies"]

    def press_of(self, button: str) -> dict[str, Any]:
        """What a press of a button is to Gradio."""
        (id,) = [id for id, props in self._props.items() if props.get("elem_id") == f"{self._name}-{button}"]
        (event,) = [one for one in self._events if [id, "click"] in one["targets"] and one["backend_fn"]]
        return event

    def after(self, event: dict[str, Any]) -> dict[str, Any]:
        """What Gradio begins once an event is over."""
        (follow,) = [one for one in self._events if one["trigger_after"] == event["id"]]
        return follow

    def values(self, event: dict[str, Any], prompt: str) -> list[Any]:
        """What an event sends as the page stands, with a prompt."""
        sent = [self._props[id] for id in event["inputs"]]
        return [prompt if one.get("elem_id") == f"{self._name}-prompt" else one.get("value") for one in sent]

    def told(self, event: dict[str, Any], values: list[Any], session: str = "presses") -> list[Any]:
        """What each message of an event sets in the page, to its end."""
        body = {"fn_index": event["id"], "data": values, "session_hash": session}
        self._client.post("/gradio_api/queue/join", json=body).raise_for_status()
        with self._client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
            lines = [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]
        kinds = ("process_generating", "process_completed")
        return [line["output"]["data"] for line in lines if line["msg"] in kinds]

    def run(self, prompt: str, session: str) -> str:
        """All that the page is told of a run to its end, as one text."""
        press = self.press_of("run")
        (answer,) = self.told(press, self.values(press, prompt), session)
        return json.dumps([answer, *self.told(self.after(press), answer[-1:], session)], ensure_ascii=False)
