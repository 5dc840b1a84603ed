"""Calls that nobody can read, with keys where none have a place, through every door of Gradio and MCP."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from tests.planted.secrets import API_KEY, HOST, PROGRAM
from tests.planted.world import World

NAMES = {"generate": 11, "edit": 7, "models": 1, "job": 3, "cancel": 1}
"""The endpoints, and how many values each takes."""
FORGED = "2026-11-30T00:00:00.000Z CRITICAL imagestudio.payers: FORGED"


def walk(world: World) -> int:
    """How many were sent. Each is refused, or ends as a call that failed."""
    keys = " ".join([*HOST.values(), *PROGRAM.values(), API_KEY])
    text = f"x\n{FORGED}\nAuthorization: Bearer {keys} \x1b[31m"
    sent = 0
    with httpx.Client(base_url=world.studio.url, timeout=60) as browser:
        browser.get("/").raise_for_status()
        for shift, who in enumerate(({}, {"X-API-Key": API_KEY})):
            for number, (path, body) in enumerate(calls(text, shift)):
                if path.endswith("queue/join"):
                    body = {**body, "session_hash": f"malformed-{number}-{len(who)}"}
                answer = browser.post(path, json=body, headers={"Accept": ACCEPT, **who})
                assert answer.status_code < 500, (path, answer.text)
                assert FORGED not in answer.text
                follow(browser, path, body, answer, who)
                sent += 1
    return sent


ACCEPT = "application/json, text/event-stream"
FILE = {"_type": "gradio.FileData"}


def calls(text: str, shift: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event of the page gets one of the bad values, another one at each shift, all else every one."""
    bad: tuple[Any, ...] = (
        [text],
        [[text]] * 9,
        [{"path": text, "meta": FILE}] * 5,
        text,
    )
    for turn, data in enumerate(bad):
        for index in (*range((turn + shift) % len(bad), 32, len(bad)), text, -1):
            yield "/gradio_api/queue/join", {"fn_index": index, "data": data}
        for name in NAMES:
            yield f"/gradio_api/call/{name}", {"data": data}
            yield f"/gradio_api/call/v2/{name}", {"prompt": data, "job_id": data, "task": data, "image": data}
    for name, count in NAMES.items():
        for value in (text, [text], {text: text}, {"path": text, "url": text, "meta": FILE}):
            yield f"/gradio_api/call/{name}", {"data": [value] * count}
    for name in NAMES:
        arguments = {"prompt": [text], text: text}
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        yield "/gradio_api/mcp/", {**call, "params": {"name": f"{name}_image", "arguments": arguments}}
        yield "/gradio_api/mcp/", {**call, "params": {"name": [text], "arguments": text}}
    for message in (
        {"method": text},
        {"id": 1, "method": text, "params": {text: text}},
        {"method": "notifications/progress", "params": {text: text}},
        {"id": 1, "result": {"text": text}},
        {"id": text, "error": {"code": 1, "message": text}},
        {"id": [text], "method": [text]},
    ):
        yield "/gradio_api/mcp/", {"jsonrpc": "2.0", **message}
    yield "/gradio_api/cancel", {"session_hash": [text], "fn_index": text, "event_id": {"x": text}}
    yield "/gradio_api/reset", {"event_id": [text]}


def follow(
    browser: httpx.Client, path: str, body: dict[str, Any], answer: httpx.Response, who: dict[str, str]
) -> None:
    """To its end what was taken all the same."""
    if answer.status_code != 200 or "event_id" not in answer.text:
        return
    event = json.loads(answer.text)["event_id"]
    at = f"/gradio_api/queue/data?session_hash={body['session_hash']}" if path.endswith("join") else None
    browser.get(at or f"{path}/{event}", headers=who)
