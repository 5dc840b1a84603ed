"""What Black Forest Labs answers to a submit, and what that means for money."""

from typing import Any

import httpx
import pytest

from imagestudio.core.errors import StudioError, SubmitLost
from imagestudio.providers.base import Call, Pending
from imagestudio.providers.bfl import Bfl
from tests.tables import rows

PATH = "/v1/flux-2-pro"
CALL = Call(PATH, {"prompt": "A red cup"})
TASK = "3f1c7a52-8f0e-4d57-9d0b-6b6a0c6d2c11"
POLL_URL = f"https://api.us1.bfl.ai/v1/get_result?id={TASK}"
TICKET = {"id": TASK, "poll_url": POLL_URL}


async def submit(wire_for: Any, status: int, body: Any, headers: Any = None, base: str | None = None) -> Any:
    bfl, server = wire_for(Bfl, base)
    server.answer("POST", PATH, status, body, headers)
    return await bfl.submit(CALL)


async def refusal(wire_for: Any, status: int, body: Any, headers: Any = None) -> dict[str, Any]:
    with pytest.raises(StudioError) as caught:
        await submit(wire_for, status, body, headers)
    return caught.value.as_dict()


async def loss(wire_for: Any, status: int, body: Any, headers: Any = None, base: str | None = None) -> str:
    with pytest.raises(SubmitLost) as caught:
        await submit(wire_for, status, body, headers, base)
    error = caught.value.error.as_dict()
    assert (error["code"], error["details"]) == ("PROVIDER_ERROR", {"charged": "unknown"})
    message: str = error["message"]
    lost = "It may have been accepted and charged, so it is not sent again by itself."
    assert message.endswith(lost)
    return message.removesuffix(lost).strip()


async def test_a_ticket_keeps_the_poll_url_as_given_and_the_cost_in_credits(wire_for: Any) -> None:
    outcome = await submit(wire_for, 200, "bfl/submitted.json")
    assert outcome == Pending({**TICKET, "cost": "4.5"}, cost_usd=0.045)


async def test_a_submit_may_tell_no_cost(wire_for: Any) -> None:
    assert await submit(wire_for, 200, "bfl/submitted_without_cost.json") == Pending(TICKET)


async def test_any_2xx_with_a_task_is_accepted(wire_for: Any) -> None:
    assert await submit(wire_for, 202, "bfl/submitted_without_cost.json") == Pending(TICKET)


@rows("cost", [True, "4.5", -1, 1e12, float("nan"), float("inf"), 10**400, [3], {}])
async def test_a_cost_that_makes_no_sense_loses_no_task(wire_for: Any, cost: Any) -> None:
    body = {"id": TASK, "polling_url": POLL_URL, "cost": cost}
    assert await submit(wire_for, 200, body) == Pending(TICKET)


async def test_a_free_task_costs_nothing(wire_for: Any) -> None:
    body = {"id": TASK, "polling_url": POLL_URL, "cost": 0}
    assert await submit(wire_for, 200, body) == Pending({**TICKET, "cost": "0.0"}, cost_usd=0.0)


async def test_a_gateway_polls_on_its_own_origin(wire_for: Any) -> None:
    body = {"id": "1", "polling_url": "http://127.0.0.1:9000/us1/v1/get_result?id=1"}
    outcome = await submit(wire_for, 200, body, base="http://127.0.0.1:9000/bfl")
    assert outcome == Pending({"id": "1", "poll_url": "http://127.0.0.1:9000/us1/v1/get_result?id=1"})


@rows(
    "url",
    ["https://api.bfl.ai.evil.com/v1/get_result?id=1", "http://api.bfl.ai/x", "/v1/get_result?id=1", ""],
)
async def test_a_task_at_a_foreign_address_is_not_followed(wire_for: Any, url: str) -> None:
    said = await loss(wire_for, 200, {"id": TASK, "polling_url": url})
    assert said == (
        f"Black Forest Labs answered the submit with task '{TASK}' at an address outside its own hosts."
    )


@rows(
    "body",
    [
        "bfl/submitted_for_webhook.json",
        {"id": TASK},
        {"id": TASK, "polling_url": None},
        {"id": TASK, "polling_url": 5},
    ],
)
async def test_a_task_without_an_address_to_poll_is_lost(wire_for: Any, body: Any) -> None:
    said = await loss(wire_for, 200, body)
    assert said == f"Black Forest Labs answered the submit with task '{TASK}' without an address to poll."


@rows(
    "body",
    [
        None,
        b"<html>moved</html>",
        b'{"id": "cut',
        [],
        {},
        {"polling_url": POLL_URL},
        {"id": "", "polling_url": POLL_URL},
        {"id": 5, "polling_url": POLL_URL},
        {"id": None, "polling_url": POLL_URL},
        {"status": "Error"},
    ],
)
async def test_a_success_that_makes_no_sense_is_a_loss(wire_for: Any, body: Any) -> None:
    said = await loss(wire_for, 200, body)
    assert said == (
        "Black Forest Labs answered the submit with HTTP 200 and nothing that its documentation describes."
    )


@rows(
    ("status", "body"),
    [
        (301, None),
        (307, None),
        (408, {"detail": "Request timeout"}),
        (409, {"detail": "Conflict"}),
        (418, None),
        (500, {"detail": "Internal Server Error"}),
        (500, None),
        (502, b"<html>Bad gateway</html>"),
        (503, b"<html>Service unavailable</html>"),
        (503, None),
        (503, {}),
        (503, [{"detail": "Service Unavailable"}]),
        (503, {"id": TASK, "detail": "Service Unavailable"}),
        (504, {"detail": "Gateway timeout"}),
    ],
)
async def test_a_failure_that_proves_nothing_is_a_loss(wire_for: Any, status: int, body: Any) -> None:
    headers = {"location": "https://evil.com/"} if status < 400 else None
    said = await loss(wire_for, status, body, headers)
    assert said == f"Black Forest Labs answered the submit with an unexplained HTTP {status}."


@rows("status", [400, 404, 405, 413, 422])
async def test_a_rejection_without_a_reason_names_its_status(wire_for: Any, status: int) -> None:
    assert await refusal(wire_for, status, b"<html>no</html>") == {
        "code": "PROVIDER_ERROR",
        "message": (
            f"Black Forest Labs rejected the request: HTTP {status} without a reason. You were not charged."
        ),
        "details": {"charged": "no"},
    }


@rows(
    ("status", "body", "reason"),
    [
        (400, "bfl/bad_request.json", "The image could not be read (HTTP 400)."),
        (404, {"detail": "Not Found"}, "Not Found (HTTP 404)."),
        (
            422,
            "bfl/validation.json",
            "width: Input should be a multiple of 32; prompt: Field required (HTTP 422).",
        ),
        (422, {"detail": [{"msg": "No", "loc": "odd"}, 5, {"loc": []}]}, "No (HTTP 422)."),
        (422, {"detail": [{"msg": "No", "loc": ["body", "images", 0, {}]}]}, "images.0: No (HTTP 422)."),
        (400, {"error": {"message": "Bad\nimage"}}, "Bad image (HTTP 400)."),
        (400, {"detail": None, "message": "Bad \ud800image"}, "Bad image (HTTP 400)."),
        (400, {"detail": "x" * 400}, "x" * 299 + "… (HTTP 400)."),
    ],
)
async def test_a_rejection_says_what_to_change(wire_for: Any, status: int, body: Any, reason: str) -> None:
    assert await refusal(wire_for, status, body) == {
        "code": "PROVIDER_ERROR",
        "message": f"Black Forest Labs rejected the request: {reason} You were not charged.",
        "details": {"charged": "no"},
    }


@rows(("opening", "closing"), [(b"[", b"]"), (b'{"detail": ', b"}")])
async def test_a_reason_nested_without_end_is_not_followed(
    wire_for: Any, opening: bytes, closing: bytes
) -> None:
    body = b'{"detail": ' + opening * 800 + b'"deep"' + closing * 800 + b"}"
    error = await refusal(wire_for, 422, body)
    assert "HTTP 422 without a reason." in error["message"]


@rows(
    ("status", "body", "reason"),
    [
        (422, "bfl/moderated_prompt.json", "prompt: Request Moderated"),
        (400, {"detail": "Your prompt was moderated."}, "Your prompt was moderated"),
        (403, {"detail": "Blocked by moderation"}, "Blocked by moderation"),
        (
            422,
            {"status": "Request Moderated", "details": {"Moderation Reasons": ["Safety Filter"]}},
            "Safety Filter",
        ),
    ],
)
async def test_moderation_at_the_door_is_a_refusal(
    wire_for: Any, status: int, body: Any, reason: str
) -> None:
    assert await refusal(wire_for, status, body) == {
        "code": "CONTENT_REFUSED",
        "message": (
            f"Black Forest Labs refused this prompt or picture ({reason}). Sending it again will not help; "
            "reword it. You were not charged."
        ),
        "details": {"stage": "prompt", "charged": "no"},
    }


@rows("status", [401, 403])
async def test_a_key_that_does_not_pass_names_its_variable(wire_for: Any, status: int) -> None:
    assert await refusal(wire_for, status, "bfl/not_authenticated.json") == {
        "code": "MODEL_UNAVAILABLE",
        "message": "Black Forest Labs did not accept the key. Check BFL_API_KEY. You were not charged.",
        "details": {"reason": "bad_key", "set": "BFL_API_KEY", "charged": "no"},
    }


async def test_an_empty_account(wire_for: Any) -> None:
    assert await refusal(wire_for, 402, "bfl/out_of_credits.json") == {
        "code": "MODEL_UNAVAILABLE",
        "message": (
            "The Black Forest Labs account is out of credit. Top it up, then run again. You were not charged."
        ),
        "details": {"reason": "out_of_credits", "charged": "no"},
    }


@rows(("headers", "wait", "seconds"), [({"retry-after": "30"}, "in 30 s", 30), ({}, "in a little while", 10)])
async def test_too_many_tasks_under_way(wire_for: Any, headers: Any, wait: str, seconds: int) -> None:
    assert await refusal(wire_for, 429, "bfl/too_many_tasks.json", headers) == {
        "code": "RATE_LIMIT_EXCEEDED",
        "message": (
            "Black Forest Labs is limiting requests (an account may have 24 tasks under way). "
            f"Run again {wait}. You were not charged."
        ),
        "details": {"retryAfter": seconds, "charged": "no"},
    }


async def test_an_overload_that_explains_itself_took_nothing(wire_for: Any) -> None:
    assert await refusal(wire_for, 503, "bfl/overloaded.json") == {
        "code": "MODEL_UNAVAILABLE",
        "message": (
            "Black Forest Labs is overloaded and took nothing. Run again in a moment. You were not charged."
        ),
        "details": {"reason": "busy", "charged": "no"},
    }


async def test_a_key_that_is_echoed_is_not_repeated(wire_for: Any) -> None:
    bfl, server = wire_for(Bfl)
    server.answer("POST", PATH, 400, {"detail": f"The key {server.key} is odd."})
    with pytest.raises(StudioError) as caught:
        await bfl.submit(CALL)
    assert server.key not in str(caught.value.as_dict())


async def test_a_connection_that_breaks_is_a_loss_and_one_that_never_was_is_not(wire_for: Any) -> None:
    said = await loss(wire_for, 0, httpx.ReadError("reset"))
    assert said == "The connection to Black Forest Labs broke before its answer came."
    error = await refusal(wire_for, 0, httpx.ConnectError("refused"))
    assert error["details"] == {"charged": "no"}
