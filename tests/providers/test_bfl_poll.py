"""How a task of Black Forest Labs goes on and becomes a picture, and polls that tell neither."""

from typing import Any

import httpx
import pytest

from imagestudio.core.errors import StudioError
from imagestudio.providers.base import Completed, Pending, RemotePicture
from imagestudio.providers.bfl import Bfl
from imagestudio.providers.http import Garbled, Transient
from tests.tables import rows

TASK = "3f1c7a52-8f0e-4d57-9d0b-6b6a0c6d2c11"
POLL_URL = f"https://api.us1.bfl.ai/v1/get_result?id={TASK}"
TICKET = {"id": TASK, "poll_url": POLL_URL, "cost": "4.5"}
SAMPLE = "https://delivery-us1.bfl.ai/results/3f/1c7a52/sample.jpeg?se=2026-11-23T12%3A10%3A00Z&sig=c2ln"
MAY_COST = "The provider may have charged for it."


def told(status: Any, **more: Any) -> dict[str, Any]:
    return {"id": TASK, "status": status, "result": None, "progress": None, "details": None, **more}


async def poll(
    wire_for: Any, body: Any, status: int = 200, headers: Any = None, ticket: dict[str, str] = TICKET
) -> Any:
    bfl, server = wire_for(Bfl)
    server.answer("GET", POLL_URL, status, body, headers)
    return await bfl.poll(ticket)


async def test_the_tasks_own_url_is_asked_with_the_key_in_its_header_only(wire_for: Any) -> None:
    bfl, server = wire_for(Bfl)
    server.answer("GET", POLL_URL, 200, "bfl/pending.json")
    await bfl.poll(TICKET, patience=5)
    (sent,) = server.sent
    assert (sent.method, sent.url, sent.json) == ("GET", POLL_URL, None)
    assert [name for name, value in sent.headers.items() if server.key in value] == ["x-key"]


@rows("url", ["https://api.bfl.ai.evil.com/v1/get_result", "http://api.bfl.ai/x", ""])
async def test_a_ticket_never_takes_the_key_to_a_foreign_host(wire_for: Any, url: str) -> None:
    bfl, server = wire_for(Bfl)
    with pytest.raises(StudioError) as caught:
        await bfl.poll({"id": TASK, "poll_url": url})
    assert caught.value.details == {"charged": "unknown"}
    assert server.sent == []


async def test_a_ticket_without_an_address_is_not_followed(wire_for: Any) -> None:
    bfl, _ = wire_for(Bfl)
    with pytest.raises(StudioError):
        await bfl.poll({"id": TASK})


@rows(("file", "progress"), [("pending", None), ("reasoning", None), ("generating", 0.5)])
async def test_a_task_under_way_keeps_its_ticket(wire_for: Any, file: str, progress: float | None) -> None:
    assert await poll(wire_for, f"bfl/{file}.json") == Pending(TICKET, progress=progress, cost_usd=0.045)


@rows("status", ["Queued", "Upscaling", "Error-free", "Not found", "pending", "GENERATING"])
async def test_a_status_that_is_new_is_a_task_under_way(wire_for: Any, status: str) -> None:
    assert await poll(wire_for, told(status)) == Pending(TICKET, cost_usd=0.045)


@rows(
    ("progress", "read"),
    [
        (0, 0.0),
        (1, 1.0),
        (0.25, 0.25),
        (50, None),
        (-1, None),
        ("0.5", None),
        (True, None),
        (float("nan"), None),
    ],
)
async def test_progress_is_a_share_or_nothing(wire_for: Any, progress: Any, read: float | None) -> None:
    outcome = await poll(wire_for, told("Generating", progress=progress))
    assert outcome == Pending(TICKET, progress=read, cost_usd=0.045)


async def test_ready_is_a_picture_at_a_url_for_the_submits_cost(wire_for: Any) -> None:
    assert await poll(wire_for, "bfl/ready.json") == Completed(
        (RemotePicture(SAMPLE),), cost_usd=0.045, seed=42
    )


async def test_the_settled_cost_wins(wire_for: Any) -> None:
    assert await poll(wire_for, "bfl/ready_settled.json") == Completed(
        (RemotePicture(SAMPLE),), cost_usd=0.03, seed=42
    )


async def test_a_settled_cost_of_nothing_wins_too(wire_for: Any) -> None:
    outcome = await poll(wire_for, told("Ready", result={"sample": SAMPLE}, cost=0))
    assert outcome == Completed((RemotePicture(SAMPLE),), cost_usd=0.0)


async def test_a_cost_that_nobody_told_is_unknown(wire_for: Any) -> None:
    outcome = await poll(wire_for, "bfl/ready.json", ticket={"id": TASK, "poll_url": POLL_URL})
    assert outcome == Completed((RemotePicture(SAMPLE),), seed=42)


@rows(
    "result",
    [
        None,
        {},
        [SAMPLE],
        SAMPLE,
        {"sample": None},
        {"sample": ""},
        {"sample": 5},
        {"sample": [SAMPLE]},
        {"sample": "/results/sample.jpeg"},
        {"sample": "ftp://delivery.us1.bfl.ai/sample.jpeg"},
        {"sample": "data:image/png;base64,AAAA"},
        {"sample": "file:///etc/hosts"},
        {"sample": "https://"},
        {"sample": "https://delivery.us1.bfl.ai/\ud800"},
    ],
)
async def test_ready_without_a_url_is_nonsense(wire_for: Any, result: Any) -> None:
    """Asked for again at first."""
    with pytest.raises(Garbled) as garbled:
        await poll(wire_for, told("Ready", result=result))
    assert garbled.value.ending.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": (
            "Black Forest Labs answered something undocumented: a finished task without the URL of its "
            "picture."
        ),
        "details": {"charged": "unknown"},
    }


async def test_ready_counts_in_other_spellings(wire_for: Any) -> None:
    outcome = await poll(wire_for, told("ready", result={"sample": SAMPLE}))
    assert outcome == Completed((RemotePicture(SAMPLE),), cost_usd=0.045)


async def test_a_task_under_way_is_under_way_even_as_a_422(wire_for: Any) -> None:
    assert await poll(wire_for, "bfl/generating.json", 422) == Pending(TICKET, progress=0.5, cost_usd=0.045)


@rows(
    ("status", "body"),
    [
        (408, None),
        (429, {"detail": "Slow down"}),
        (429, {"status": "error", "message": "Slow down"}),
        (500, {"detail": "Internal Server Error"}),
        (502, b"<html>Bad gateway</html>"),
        (503, {"status": 503}),
        (503, {"status": "error", "message": "Upstream is away"}),
        (503, "bfl/pending.json"),
        (504, None),
        (520, None),
    ],
)
async def test_what_passes_is_asked_again(wire_for: Any, status: int, body: Any) -> None:
    with pytest.raises(Transient) as caught:
        await poll(wire_for, body, status, {"retry-after": "7"})
    assert caught.value.retry_after == 7


async def test_a_broken_connection_passes(wire_for: Any) -> None:
    with pytest.raises(Transient):
        await poll(wire_for, httpx.ReadError("reset"))


@rows(
    ("status", "body"),
    [
        (200, None),
        (200, b"<html>hello</html>"),
        (200, b'{"id": "1", "status": "Rea'),
        (200, []),
        (200, {}),
        (200, told(None)),
        (200, told(5)),
        (200, told("")),
        (200, told(["Ready"])),
        (302, None),
    ],
)
async def test_a_poll_without_a_status_is_asked_again(wire_for: Any, status: int, body: Any) -> None:
    with pytest.raises(Garbled) as garbled:
        await poll(wire_for, body, status)
    assert garbled.value.ending.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": (
            f"Black Forest Labs answered something undocumented: a poll with HTTP {status} and no status of "
            "the task."
        ),
        "details": {"charged": "unknown"},
    }


@rows("status", [400, 401, 403, 404, 422])
async def test_a_page_in_place_of_a_status_is_no_ending_yet(wire_for: Any, status: int) -> None:
    """Of something between, which may be gone at the next look; its code is not theirs."""
    with pytest.raises(Garbled):
        await poll(wire_for, b"\n<!doctype html><title>One moment</title>", status)
