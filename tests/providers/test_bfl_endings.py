"""How a task of Black Forest Labs ends without a picture, in each documented way and some others."""

from typing import Any

import pytest

from imagestudio.core.errors import StudioError
from imagestudio.providers.bfl import Bfl
from tests.tables import rows

TASK = "3f1c7a52-8f0e-4d57-9d0b-6b6a0c6d2c11"
POLL_URL = f"https://api.us1.bfl.ai/v1/get_result?id={TASK}"
TICKET = {"id": TASK, "poll_url": POLL_URL, "cost": "4.5"}
MAY_COST = "The provider may have charged for it."


def told(status: Any, **more: Any) -> dict[str, Any]:
    return {"id": TASK, "status": status, "result": None, "progress": None, "details": None, **more}


async def ending(wire_for: Any, body: Any, status: int = 200) -> dict[str, Any]:
    bfl, server = wire_for(Bfl)
    server.answer("GET", POLL_URL, status, body)
    with pytest.raises(StudioError) as caught:
        await bfl.poll(TICKET)
    return caught.value.as_dict()


REFUSED_PROMPT = (
    "Black Forest Labs refused this prompt or picture{}. Sending it again will not help; reword it. {}"
)
REFUSED_IMAGE = "Black Forest Labs made a picture and held it back{}. Another wording may pass. {}"


async def test_request_moderated(wire_for: Any) -> None:
    assert await ending(wire_for, "bfl/request_moderated.json") == {
        "code": "CONTENT_REFUSED",
        "message": REFUSED_PROMPT.format(" (Safety Filter; Derivative Works Filter)", MAY_COST),
        "details": {"stage": "prompt", "charged": "unknown"},
    }


async def test_content_moderated(wire_for: Any) -> None:
    assert await ending(wire_for, "bfl/content_moderated.json") == {
        "code": "CONTENT_REFUSED",
        "message": REFUSED_IMAGE.format(" (Content Moderated)", MAY_COST),
        "details": {"stage": "image", "charged": "unknown"},
    }


@rows(
    ("cost", "charged", "money"),
    [
        (0, "no", "You were not charged."),
        (3, "yes", "The provider charges for it all the same."),
        (None, "unknown", MAY_COST),
        ("3", "unknown", MAY_COST),
    ],
)
async def test_the_settled_cost_tells_whether_an_ending_was_charged(
    wire_for: Any, cost: Any, charged: str, money: str
) -> None:
    assert await ending(wire_for, told("Content Moderated", cost=cost)) == {
        "code": "CONTENT_REFUSED",
        "message": REFUSED_IMAGE.format("", money),
        "details": {"stage": "image", "charged": charged},
    }
    failure = await ending(wire_for, told("Error", cost=cost))
    assert failure["details"] == {"charged": charged}


@rows("details", [None, [], {}, 5, {"Moderation Reasons": None}, {"Moderation Reasons": [5]}])
async def test_moderation_may_give_no_reasons(wire_for: Any, details: Any) -> None:
    error = await ending(wire_for, told("Request Moderated", details=details))
    assert error["message"] == REFUSED_PROMPT.format("", MAY_COST)


@rows(
    ("body", "ended"),
    [
        ("bfl/error.json", '"Error" (The task failed while generating)'),
        ("bfl/failed.json", '"Failed"'),
        (told("error", details="Out of memory."), '"Error" (Out of memory)'),
    ],
)
async def test_a_task_that_failed(wire_for: Any, body: Any, ended: str) -> None:
    assert await ending(wire_for, body) == {
        "code": "PROVIDER_ERROR",
        "message": f"Black Forest Labs could not make the picture: the task ended as {ended}. {MAY_COST}",
        "details": {"charged": "unknown"},
    }


@rows(
    ("body", "status"),
    [("bfl/not_found.json", 200), ("bfl/not_found.json", 404), ({"detail": "Not Found"}, 404), (None, 404)],
)
async def test_a_task_that_is_unknown_there(wire_for: Any, body: Any, status: int) -> None:
    assert await ending(wire_for, body, status) == {
        "code": "PROVIDER_ERROR",
        "message": (
            "Black Forest Labs could not make the picture: it does not know this task, or no longer. "
            f"Running again starts a new one. {MAY_COST}"
        ),
        "details": {"charged": "unknown"},
    }


@rows(
    ("spelling", "code"),
    [
        ("request moderated", "CONTENT_REFUSED"),
        ("RequestModerated", "CONTENT_REFUSED"),
        ("CONTENT_MODERATED", "CONTENT_REFUSED"),
        ("content-moderated", "CONTENT_REFUSED"),
        (" Error ", "PROVIDER_ERROR"),
        ("FAILED", "PROVIDER_ERROR"),
        ("Task Not Found", "PROVIDER_ERROR"),
        ("task_not_found", "PROVIDER_ERROR"),
    ],
)
async def test_an_ending_counts_in_other_spellings(wire_for: Any, spelling: str, code: str) -> None:
    assert (await ending(wire_for, told(spelling)))["code"] == code


@rows("status", [422, 429, 500, 503])
async def test_an_ending_in_the_body_wins_over_the_http_status(wire_for: Any, status: int) -> None:
    assert (await ending(wire_for, "bfl/request_moderated.json", status))["code"] == "CONTENT_REFUSED"
    assert (await ending(wire_for, {"status": "Error"}, status))["details"] == {"charged": "unknown"}
    assert (await ending(wire_for, told("failed"), status))["details"] == {"charged": "unknown"}


@rows("status", [401, 403])
async def test_a_key_that_is_revoked_meanwhile_ends_the_task_with_its_money_unknown(
    wire_for: Any, status: int
) -> None:
    assert await ending(wire_for, "bfl/not_authenticated.json", status) == {
        "code": "MODEL_UNAVAILABLE",
        "message": f"Black Forest Labs did not accept the key. Check BFL_API_KEY. {MAY_COST}",
        "details": {"reason": "bad_key", "set": "BFL_API_KEY", "charged": "unknown"},
    }


async def test_an_account_that_is_empty_meanwhile(wire_for: Any) -> None:
    assert (await ending(wire_for, "bfl/out_of_credits.json", 402))["details"] == {
        "reason": "out_of_credits",
        "charged": "unknown",
    }


@rows(
    ("status", "body", "reason"),
    [
        (400, {"detail": "Bad id"}, "Bad id (HTTP 400)."),
        (410, None, "HTTP 410 without a reason."),
        (
            422,
            {"detail": [{"loc": ["query", "id"], "msg": "Field required"}]},
            "query.id: Field required (HTTP 422).",
        ),
        (422, told("Odd"), "HTTP 422 without a reason."),
    ],
)
async def test_other_refusals_of_a_poll_end_it(wire_for: Any, status: int, body: Any, reason: str) -> None:
    assert await ending(wire_for, body, status) == {
        "code": "PROVIDER_ERROR",
        "message": f"Black Forest Labs could not make the picture: {reason} {MAY_COST}",
        "details": {"charged": "unknown"},
    }
