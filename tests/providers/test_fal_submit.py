"""Submitting to fal: one POST, its ticket, and what each refusal means for money."""

from typing import Any

import httpx
import pytest

from imagestudio.core.errors import StudioError, SubmitLost
from imagestudio.providers.base import Call, Pending
from imagestudio.providers.fal import Fal
from tests.tables import rows

ENDPOINT = "/fal-ai/recraft/v4/text-to-image"
FORMER = "/fal-ai/recraft-v4"
CALL = Call(ENDPOINT, {"prompt": "A red cup"})
TASK = "https://queue.fal.run/fal-ai/recraft/requests/764cabcf-b745-4b3e-ae38-1200304cf45b"
TICKET = {
    "id": "764cabcf-b745-4b3e-ae38-1200304cf45b",
    "status_url": f"{TASK}/status",
    "response_url": TASK,
    "cancel_url": f"{TASK}/cancel",
}
NOT_AGAIN = "It may have been accepted and charged, so it is not sent again by itself."


async def test_the_answers_own_urls_are_the_ticket(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("POST", ENDPOINT, 200, "fal/submitted.json")
    assert await fal.submit(CALL) == Pending(TICKET, "queued", ahead=0)
    (sent,) = server.sent
    assert (sent.method, sent.url, sent.json) == (
        "POST",
        f"https://queue.fal.run{ENDPOINT}",
        {"prompt": "A red cup"},
    )
    assert sent.headers["authorization"] == f"Key {server.key}"
    assert [name for name, value in sent.headers.items() if server.key in value] == ["authorization"]


async def test_optional_fields_may_be_missing(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    answer = {"request_id": "7", "status_url": f"{TASK}/status", "response_url": TASK, "status": None}
    server.answer("POST", ENDPOINT, 200, answer)
    ticket = {"id": "7", "status_url": f"{TASK}/status", "response_url": TASK}
    assert await fal.submit(CALL) == Pending(ticket)


async def test_a_base_with_a_path_prefix(wire_for: Any) -> None:
    fal, server = wire_for(Fal, "http://127.0.0.1:9/fal")
    task = "http://127.0.0.1:9/fal/fal-ai/recraft/requests/7"
    server.answer(
        "POST",
        ENDPOINT,
        200,
        {"request_id": "7", "status_url": f"{task}/status", "response_url": task, "cancel_url": f"{task}/c"},
    )
    ticket = {"id": "7", "status_url": f"{task}/status", "response_url": task, "cancel_url": f"{task}/c"}
    assert await fal.submit(CALL) == Pending(ticket)


async def test_an_unknown_endpoint_is_tried_under_its_former_spelling(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("POST", ENDPOINT, 404, {"detail": "Application not found"})
    server.answer("POST", FORMER, 200, "fal/submitted.json")
    pending = await fal.submit(Call(ENDPOINT, {"prompt": "A red cup"}, (FORMER,)))
    assert pending == Pending(TICKET, "queued", ahead=0)
    assert [sent.json for sent in server.sent] == [{"prompt": "A red cup"}] * 2


@rows("status", [401, 422, 429, 500, 503])
async def test_no_other_answer_is_tried_again(wire_for: Any, status: int) -> None:
    fal, server = wire_for(Fal)
    server.answer("POST", ENDPOINT, status, {"detail": "No"})
    with pytest.raises((StudioError, SubmitLost)):
        await fal.submit(Call(ENDPOINT, {"prompt": "A red cup"}, (FORMER,)))
    assert len(server.sent) == 1


BAD_KEY = {
    "code": "MODEL_UNAVAILABLE",
    "message": "fal.ai did not accept the key. Check FAL_KEY. You were not charged.",
    "details": {"reason": "bad_key", "set": "FAL_KEY", "charged": "no"},
}
NO_CREDIT = {
    "code": "MODEL_UNAVAILABLE",
    "message": "The fal.ai account is out of credit. Top it up, then run again. You were not charged.",
    "details": {"reason": "out_of_credits", "charged": "no"},
}
BUSY = {
    "code": "MODEL_UNAVAILABLE",
    "message": "fal.ai is overloaded and took nothing. Run again in a moment. You were not charged.",
    "details": {"reason": "busy", "charged": "no"},
}


def rejected(reason: str) -> dict[str, Any]:
    return {
        "code": "PROVIDER_ERROR",
        "message": f"fal.ai rejected the request: {reason} You were not charged.",
        "details": {"charged": "no"},
    }


@rows(
    ("status", "body", "error"),
    [
        (
            400,
            {"detail": "Invalid JSON", "error_type": "bad_request"},
            rejected("HTTP 400 for fal-ai/recraft/v4/text-to-image: Invalid JSON (bad_request)."),
        ),
        (401, "fal/no_access.json", BAD_KEY),
        (
            400,
            {"detail": "Key test-key-3f9a is malformed"},
            rejected("HTTP 400 for fal-ai/recraft/v4/text-to-image: Key [key] is malformed."),
        ),
        (402, None, NO_CREDIT),
        (403, "fal/exhausted.json", NO_CREDIT),
        (403, {"detail": "Access denied"}, BAD_KEY),
        (
            404,
            {"detail": "Application 'recraft' not found"},
            rejected("HTTP 404 for fal-ai/recraft/v4/text-to-image: Application 'recraft' not found."),
        ),
        (405, None, rejected("HTTP 405 for fal-ai/recraft/v4/text-to-image: it gave no reason.")),
        (413, b"<html>", rejected("HTTP 413 for fal-ai/recraft/v4/text-to-image: it gave no reason.")),
        (
            422,
            "fal/validation.json",
            rejected(
                "HTTP 422 for fal-ai/recraft/v4/text-to-image: image_size.width: Input should be less than "
                "or equal to 14142; prompt: Field required."
            ),
        ),
        (
            422,
            "fal/refused_prompt.json",
            {
                "code": "CONTENT_REFUSED",
                "message": "fal.ai refused this prompt or picture (The content could not be processed "
                "because it contained material flagged by a content checker). Sending it again will "
                "not help; reword it. You were not charged.",
                "details": {"stage": "prompt", "charged": "no"},
            },
        ),
        (
            429,
            {"detail": "Concurrent requests limit reached", "error_type": "concurrent_requests_limit"},
            {
                "code": "RATE_LIMIT_EXCEEDED",
                "message": "fal.ai is limiting requests. Run again in 7 s. You were not charged.",
                "details": {"retryAfter": 7, "charged": "no"},
            },
        ),
        (503, {"detail": "No runners", "error_type": "runner_scheduling_failure"}, BUSY),
    ],
)
async def test_a_refusal_that_took_nothing(
    wire_for: Any, status: int, body: Any, error: dict[str, Any]
) -> None:
    fal, server = wire_for(Fal)
    server.answer("POST", ENDPOINT, status, body, {"retry-after": "7"} if status == 429 else None)
    with pytest.raises(StudioError) as raised:
        await fal.submit(CALL)
    assert raised.value.as_dict() == error
    assert server.key not in str(raised.value.as_dict())


@rows(
    ("status", "body", "what"),
    [
        (500, {"detail": "Internal", "error_type": "internal_error"}, "an unexplained HTTP 500"),
        (502, b"<html>Bad gateway</html>", "an unexplained HTTP 502"),
        (503, b"<html>Unavailable</html>", "an unexplained HTTP 503"),
        (504, {"detail": "Late", "error_type": "startup_timeout"}, "an unexplained HTTP 504"),
        (409, {"detail": "Conflict"}, "an unexplained HTTP 409"),
        (307, None, "an unexplained HTTP 307"),
    ],
)
async def test_a_failure_that_does_not_say_is_lost(wire_for: Any, status: int, body: Any, what: str) -> None:
    fal, server = wire_for(Fal)
    server.answer("POST", ENDPOINT, status, body, {"location": "https://elsewhere.example/"})
    with pytest.raises(SubmitLost) as lost:
        await fal.submit(CALL)
    assert lost.value.error.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": f"fal.ai answered the submit with {what}. {NOT_AGAIN}",
        "details": {"charged": "unknown"},
    }
    assert len(server.sent) == 1


@rows(
    "body",
    [
        None,
        b"<html>",
        [],
        {},
        {"request_id": "", "status_url": f"{TASK}/status", "response_url": TASK},
        {"request_id": 7, "status_url": f"{TASK}/status", "response_url": TASK},
        {"request_id": "7", "status_url": None, "response_url": TASK},
        {"request_id": "7", "status_url": f"{TASK}/status"},
    ],
)
async def test_an_acceptance_without_a_ticket_is_lost(wire_for: Any, body: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("POST", ENDPOINT, 200, body)
    with pytest.raises(SubmitLost) as lost:
        await fal.submit(CALL)
    assert lost.value.error.as_dict() == {
        "code": "PROVIDER_ERROR",
        "message": f"fal.ai answered the submit with something undocumented. {NOT_AGAIN}",
        "details": {"charged": "unknown"},
    }


@rows(
    "foreign",
    [
        "https://evil.example/status",
        "https://fal.run.evil.example/status",
        "https://evilfal.run/status",
        "http://queue.fal.run/status",
        "https://queue.fal.run:8443/status",
        "https://u:p@queue.fal.run/status",
        "/fal-ai/recraft/requests/7/status",
        "https://[bad/status",
        "",
    ],
)
@rows("field", ["status_url", "response_url"])
async def test_a_ticket_at_a_foreign_address_is_lost(wire_for: Any, field: str, foreign: str) -> None:
    fal, server = wire_for(Fal)
    urls = {"status_url": f"{TASK}/status", "response_url": TASK, field: foreign}
    server.answer("POST", ENDPOINT, 200, {"request_id": "7", **urls})
    with pytest.raises(SubmitLost, match="task 7 at an address outside its own hosts"):
        await fal.submit(CALL)


async def test_a_foreign_way_to_cancel_is_no_way(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    urls = {"status_url": f"{TASK}/status", "response_url": TASK}
    server.answer("POST", ENDPOINT, 200, {"request_id": "7", **urls, "cancel_url": "https://evil.example/"})
    assert await fal.submit(CALL) == Pending({"id": "7", **urls})


async def test_a_host_that_can_not_be_reached_took_nothing(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("POST", ENDPOINT, body=httpx.ConnectError("refused"))
    with pytest.raises(StudioError) as raised:
        await fal.submit(CALL)
    assert raised.value.charged == "no"


async def test_an_answer_that_broke_off_is_lost(wire_for: Any) -> None:
    fal, server = wire_for(Fal)
    server.answer("POST", ENDPOINT, body=httpx.ReadError("reset"))
    with pytest.raises(SubmitLost):
        await fal.submit(CALL)


VENDOR = "https://queue.fal.run"


@rows(
    ("url", "base", "ours"),
    [
        ("https://queue.fal.run/x", VENDOR, True),
        ("https://queue.fal.run:443/x", VENDOR, True),
        ("https://QUEUE.FAL.RUN/x", VENDOR, True),
        ("https://eu.queue.fal.run/x", VENDOR, True),
        ("https://fal.run/x", VENDOR, True),
        ("https://v3.fal.media/x", VENDOR, False),
        ("https://queue.fal.run/x", "http://127.0.0.1:9000", False),
        ("http://127.0.0.1:9000/x", "http://127.0.0.1:9000/fal", True),
        ("http://127.0.0.1:9001/x", "http://127.0.0.1:9000", False),
        ("https://other.gateway.example/x", "https://gateway.example", False),
    ],
)
def test_where_the_key_may_go(url: str, base: str, ours: bool) -> None:
    assert Fal.owns(url, base) is ours
