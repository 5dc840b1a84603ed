"""Asking fal where a task stands."""

from typing import Any

import httpx
import pytest

from imagestudio.core.errors import ProviderFailed, StudioError
from imagestudio.providers.base import Completed, Pending, RemotePicture
from imagestudio.providers.fal import Fal
from imagestudio.providers.http import Garbled, Transient
from tests.tables import rows

TASK = "https://queue.fal.run/fal-ai/recraft/requests/764cabcf-b745-4b3e-ae38-1200304cf45b"
STATUS = f"{TASK}/status"
TICKET = {"id": "7", "status_url": STATUS, "response_url": TASK, "cancel_url": f"{TASK}/cancel"}
RECRAFT = RemotePicture("https://v3b.fal.media/files/b/penguin/r7aVVuXYpWXnJ1yQcc1bn_image.webp")


@rows(
    ("status", "body", "pending"),
    [
        (202, "fal/in_queue.json", Pending(TICKET, "queued", ahead=3)),
        (200, "fal/in_queue.json", Pending(TICKET, "queued", ahead=3)),
        (202, "fal/in_progress.json", Pending(TICKET)),
        (200, {"status": "IN_QUEUE"}, Pending(TICKET, "queued")),
        (200, {"status": "IN_QUEUE", "queue_position": None}, Pending(TICKET, "queued")),
        (200, {"status": "IN_QUEUE", "queue_position": -1}, Pending(TICKET, "queued")),
        (200, {"status": "IN_QUEUE", "queue_position": True}, Pending(TICKET, "queued")),
        (200, {"status": "IN_QUEUE", "queue_position": "3"}, Pending(TICKET, "queued")),
        (200, {"status": "IN_PROGRESS", "logs": None, "metrics": None}, Pending(TICKET)),
        (200, {"status": "in_progress"}, Pending(TICKET)),
    ],
)
async def test_not_finished(wire_for: Any, status: int, body: Any, pending: Pending) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, status, body)
    assert await fal.poll(TICKET) == pending
    (sent,) = server.sent
    assert (sent.url, sent.headers["authorization"]) == (STATUS, f"Key {server.key}")


@rows("body", ["fal/completed.json", {"status": "COMPLETED"}, {"status": "Completed"}])
async def test_finished_fetches_the_result(wire_for: Any, body: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, 200, body)
    server.answer("GET", TASK, 200, "fal/recraft.json")
    assert await fal.poll(TICKET) == Completed((RECRAFT,))
    assert [sent.url for sent in server.sent] == [STATUS, TASK]


async def test_the_urls_own_query_stays(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", f"{STATUS}?logs=1", 200, "fal/in_progress.json")
    ticket = {**TICKET, "status_url": f"{STATUS}?logs=1"}
    assert await fal.poll(ticket) == Pending(ticket)


@rows(
    ("status", "body"),
    [
        (200, {"status": "FAILED"}),
        (200, {"status": "OK"}),
        (200, {"status": ""}),
        (200, {"status": None}),
        (200, {"status": ["COMPLETED"]}),
        (200, {}),
        (200, []),
        (200, b"<html>"),
        (200, b'{"status": "COMP'),
        (200, None),
        (302, {"status": "IN_PROGRESS"}),
    ],
)
async def test_an_undocumented_status_is_asked_again(wire_for: Any, status: int, body: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, status, body)
    with pytest.raises(Garbled) as raised:
        await fal.poll(TICKET)
    assert raised.value.ending.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": f"fal.ai answered something undocumented: HTTP {status} without a status of the task "
        "that is documented.",
        "details": {"charged": "unknown"},
    }


@rows("status", [408, 429, 500, 502, 503, 504])
@rows("body", [None, b"<html>", {"detail": "Later", "error_type": "internal_error"}])
async def test_asked_at_a_bad_moment(wire_for: Any, status: int, body: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, status, body, {"retry-after": "4"})
    with pytest.raises(Transient) as raised:
        await fal.poll(TICKET)
    assert (str(raised.value), raised.value.retry_after) == (
        f"fal.ai can't tell just now (HTTP {status}).",
        4.0,
    )


async def test_a_final_status_counts_whatever_the_http_status(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, 500, "fal/completed.json")
    server.answer("GET", TASK, 200, "fal/recraft.json")
    assert await fal.poll(TICKET) == Completed((RECRAFT,))


async def test_a_broken_connection_passes(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, body=httpx.ReadError("reset"))
    with pytest.raises(Transient):
        await fal.poll(TICKET)


@rows("status", [400, 401, 403, 404])
async def test_a_page_in_place_of_a_status_is_no_ending_yet(wire_for: Any, status: int) -> None:
    """Of something between, which may be gone at the next look; its code is not fal's."""
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, status, b"\n<!doctype html><title>One moment</title>")
    with pytest.raises(Garbled):
        await fal.poll(TICKET)


FAILED = "fal.ai could not make the picture:"
MAYBE = "The provider may have charged for it."


@rows(
    ("status", "body", "message", "details"),
    [
        (
            401,
            "fal/no_access.json",
            f"fal.ai did not accept the key. Check FAL_KEY. {MAYBE}",
            {"reason": "bad_key", "set": "FAL_KEY"},
        ),
        (
            403,
            None,
            f"fal.ai did not accept the key. Check FAL_KEY. {MAYBE}",
            {"reason": "bad_key", "set": "FAL_KEY"},
        ),
        (
            403,
            "fal/exhausted.json",
            f"The fal.ai account is out of credit. Top it up, then run again. {MAYBE}",
            {"reason": "out_of_credits"},
        ),
        (
            404,
            {"status": "NOT_FOUND"},
            f"{FAILED} it does not know this task, or no longer. Run again. {MAYBE}",
            {},
        ),
        (405, {"detail": "Method Not Allowed"}, f"{FAILED} HTTP 405: Method Not Allowed. {MAYBE}", {}),
        (400, None, f"{FAILED} HTTP 400 without a reason. {MAYBE}", {}),
    ],
)
async def test_asking_in_vain_is_final(
    wire_for: Any, status: int, body: Any, message: str, details: dict[str, Any]
) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, status, body)
    with pytest.raises(StudioError) as raised:
        await fal.poll(TICKET)
    assert raised.value.message == message
    assert raised.value.details == {**details, "charged": "unknown"}


@rows("patience", [0.0, 5.0])
@rows("foreign", ["https://evil.example/status", ""])
async def test_the_key_never_goes_to_a_foreign_host(wire_for: Any, foreign: str, patience: float) -> None:
    fal, server = wire_for(Fal)
    with pytest.raises(ProviderFailed, match="outside its own hosts"):
        await fal.poll({**TICKET, "status_url": foreign}, patience=patience)
    assert server.sent == []


async def test_nor_for_the_result(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("GET", STATUS, 200, "fal/completed.json")
    with pytest.raises(ProviderFailed, match="outside its own hosts"):
        await fal.poll({**TICKET, "response_url": "https://evil.example/"})
    assert [sent.url for sent in server.sent] == [STATUS]
