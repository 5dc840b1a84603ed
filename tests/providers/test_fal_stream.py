"""Being told by fal where a task stands, and falling back to asking."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from imagestudio.core.errors import ProviderFailed
from imagestudio.providers.base import Completed, Pending, RemotePicture
from imagestudio.providers.fal import Fal
from tests.tables import rows

TASK = "https://queue.fal.run/fal-ai/recraft/requests/764cabcf-b745-4b3e-ae38-1200304cf45b"
STATUS = f"{TASK}/status"
STREAM = f"{STATUS}/stream"
TICKET = {"id": "7", "status_url": STATUS, "response_url": TASK}
EVENTS = {"content-type": "text/event-stream; charset=utf-8"}
DONE = Completed((RemotePicture("https://v3b.fal.media/files/b/penguin/r7aVVuXYpWXnJ1yQcc1bn_image.webp"),))


class Chunks(httpx.AsyncByteStream):
    """A body in pieces; then it ends, breaks, or says nothing more until it is closed."""

    def __init__(self, *pieces: bytes, then: str = "end") -> None:
        self.pieces = pieces
        self.then = then
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
        if self.then == "break":
            raise httpx.ReadError("reset")
        if self.then == "hold":
            await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.closed = True


def event(status: str, **fields: Any) -> bytes:
    return f"data: {json.dumps({'status': status, **fields})}\n\n".encode()


async def test_each_change_is_reported_and_the_result_fetched_at_once(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    stream = Chunks(
        event("IN_QUEUE", queue_position=1),
        event("IN_QUEUE", queue_position=1, logs=[]),
        event("IN_QUEUE", queue_position=0),
        b": ping\n\n",
        event("IN_PROGRESS"),
        event("IN_PROGRESS", logs=[{"message": "50%"}]),
        event("COMPLETED"),
        then="hold",
    )
    server.answer("GET", STREAM, 200, stream, EVENTS)
    server.answer("GET", TASK, 200, "fal/recraft.json")
    news: list[Pending] = []
    assert await fal.poll(TICKET, patience=30, report=news.append) == DONE
    assert news == [
        Pending(TICKET, "queued", ahead=1),
        Pending(TICKET, "queued", ahead=0),
        Pending(TICKET),
    ]
    assert [sent.url for sent in server.sent] == [STREAM, TASK]
    assert server.sent[0].headers["accept"] == "text/event-stream"
    assert server.sent[0].headers["authorization"] == f"Key {server.key}"
    assert stream.closed


async def test_any_spelling_of_the_stream(wire_for: Any) -> None:
    whole = (
        b": hello\r\n\r\nid: 1\r\nevent: message\r\nretry: 10\r\n"
        b'data: {"status":\r\ndata: "IN_QUEUE"}\r\n\r\n'
        b'data:{"status": "COMPLETED", "note": "\xc3\xa9"}\r\n\r\n'
    )
    fal, server = wire_for(Fal)
    server.answer("GET", STREAM, 200, Chunks(*(bytes([byte]) for byte in whole)), EVENTS)
    server.answer("GET", TASK, 200, "fal/recraft.json")
    news: list[Pending] = []
    assert await fal.poll(TICKET, patience=30, report=news.append) == DONE
    assert news == [Pending(TICKET, "queued")]


async def test_the_reason_in_a_pushed_status_is_kept(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    failed = event("COMPLETED", error="Runner disconnected", error_type="runner_disconnected")
    server.answer("GET", STREAM, 200, Chunks(failed), EVENTS)
    server.answer("GET", TASK, 503, b"")
    with pytest.raises(ProviderFailed, match=r"Runner disconnected \(runner_disconnected\)"):
        await fal.poll(TICKET, patience=30)


async def test_a_key_that_is_pushed_back_is_taken_out(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    failed = event("COMPLETED", error=f"No user for {server.key}", error_type="runner_error")
    server.answer("GET", STREAM, 200, Chunks(failed), EVENTS)
    server.answer("GET", TASK, 503, b"")
    with pytest.raises(ProviderFailed, match=r"No user for \[key\] \(runner_error\)"):
        await fal.poll(TICKET, patience=30)


async def test_the_urls_own_query_stays_behind_the_stream(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", f"{STREAM}?logs=1&x=%2F", 200, Chunks(event("COMPLETED")), EVENTS)
    server.answer("GET", TASK, 200, "fal/recraft.json")
    assert await fal.poll({**TICKET, "status_url": f"{STATUS}?logs=1&x=%2F"}, patience=30) == DONE


async def test_patience_has_an_end(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    stream = Chunks(event("IN_QUEUE", queue_position=2), then="hold")
    server.answer("GET", STREAM, 200, stream, EVENTS)
    news: list[Pending] = []
    pending = await fal.poll(TICKET, patience=1.0, report=news.append)
    assert pending == Pending(TICKET, "queued", ahead=2)
    assert news == [pending]
    assert stream.closed


async def test_a_silent_stream_is_asked_after(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STREAM, 200, Chunks(then="hold"), EVENTS)
    server.answer("GET", STATUS, 200, "fal/in_progress.json")
    assert await fal.poll(TICKET, patience=0.05) == Pending(TICKET)


async def test_canceling_closes_the_stream(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    stream = Chunks(event("IN_PROGRESS"), then="hold")
    server.answer("GET", STREAM, 200, stream, EVENTS)
    told = asyncio.Event()
    poll = asyncio.create_task(fal.poll(TICKET, patience=30, report=lambda _: told.set()))
    await told.wait()
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    assert stream.closed


@rows(
    ("status", "body", "headers"),
    [
        (404, {"detail": "Not Found"}, {}),
        (405, {"detail": "Method Not Allowed"}, {}),
        (404, b'data: {"status": "COMPLETED"}\n\n', EVENTS),
        (401, "fal/no_access.json", {}),
        (429, None, {"retry-after": "60"}),
        (502, b"<html>", {}),
        (302, None, {"location": "https://evil.example/"}),
        (200, {"status": "COMPLETED"}, {"content-type": "application/json"}),
        (200, b"", EVENTS),
        (200, b": only a comment\n\n", EVENTS),
        (200, b'data: {"status": "COMPLETED"}\n', EVENTS),
        (200, b"data: not json\n\n", EVENTS),
        (200, b'data: {"status": "FAILED"}\n\n', EVENTS),
        (200, b"data: null\n\n", EVENTS),
        (200, Chunks(event("IN_QUEUE")), EVENTS),
        (200, Chunks(event("IN_QUEUE"), then="break"), EVENTS),
        (200, httpx.ConnectError("refused"), {}),
        (200, httpx.ReadTimeout("late"), {}),
    ],
)
async def test_without_a_useful_stream_the_status_is_asked_once(
    wire_for: Any, status: int, body: Any, headers: dict[str, str]
) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STREAM, status, body, headers)
    server.answer("GET", STATUS, 202, "fal/in_queue.json")
    assert await fal.poll(TICKET, patience=30) == Pending(TICKET, "queued", ahead=3)
    assert [sent.url for sent in server.sent] == [STREAM, STATUS]


async def test_a_fault_of_the_listener_is_not_hidden(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STREAM, 200, Chunks(event("IN_PROGRESS"), then="hold"), EVENTS)

    def report(_: Pending) -> None:
        raise LookupError("board")

    with pytest.raises(LookupError):
        await fal.poll(TICKET, patience=30, report=report)
