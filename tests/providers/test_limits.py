"""What all providers mean alike by an empty account and by a wish to be left alone, however they spell it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from imagestudio.core.errors import ModelUnavailable, RateLimited, StudioError
from imagestudio.providers.base import Call
from imagestudio.providers.bfl import Bfl
from imagestudio.providers.fal import Fal
from imagestudio.providers.google import Google
from imagestudio.providers.huggingface import HuggingFace
from tests.tables import rows

PREDICT, GENERATE = "/v1beta/models/imagen-4.0-generate-001:predict", "/v1beta/models/x:generateContent"
IMAGEN, GEMINI, BFL, FAL = (Google, PREDICT), (Google, GENERATE), (Bfl, "/v1/flux-2-pro"), (Fal, "/fal-ai/x")
HF = (HuggingFace, "/fal-ai/fal-ai/qwen-image")
MONTHLY = "You have exceeded your monthly included credits for Inference Providers."


async def refusal(wire_for: Any, way: Any, status: int, body: Any, headers: Any = None) -> StudioError:
    """Why a submit that is so answered sent nothing."""
    kind, endpoint = way
    provider, server = wire_for(kind, "http://hub.test" if kind is HuggingFace else None)
    server.answer("POST", endpoint, status, body, headers)
    with pytest.raises(StudioError) as caught:
        await provider.submit(Call(endpoint, {"parameters": {"sampleCount": 1}}))
    return caught.value


def google(message: str, status: str = "RESOURCE_EXHAUSTED", *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"message": message, "status": status, "details": list(details)}}


@rows(
    ("way", "status", "body"),
    [
        *((way, 402, body) for way in (IMAGEN, GEMINI, BFL, FAL, HF) for body in (None, b"<html>", {})),
        (GEMINI, 402, google("Payment required.", "FAILED_PRECONDITION")),
        (IMAGEN, 429, google("Your prepayment credits are depleted.")),
        (GEMINI, 403, google("Off.", "PERMISSION_DENIED", {"reason": "BILLING_DISABLED"})),
        (BFL, 403, {"detail": "Insufficient credits."}),
        (BFL, 429, {"detail": "Not enough credits"}),
        (FAL, 403, {"detail": "User is locked. Reason: Exhausted balance. Top up."}),
        (FAL, 429, {"detail": "Your balance is exhausted."}),
        (HF, 403, {"error": MONTHLY}),
        (HF, 429, {"error": MONTHLY}),
    ],
)
async def test_an_empty_account_is_called_one(wire_for: Any, way: Any, status: int, body: Any) -> None:
    error = await refusal(wire_for, way, status, body)
    assert (error.code, error.details) == (
        ModelUnavailable.code,
        {"reason": "out_of_credits", "charged": "no"},
    )


@rows(
    ("way", "status", "body"),
    [
        (IMAGEN, 429, google("You exceeded your current quota, please check your plan and billing details.")),
        (BFL, 429, {"detail": "Too many tasks"}),
        (FAL, 429, {"detail": "Concurrent requests limit reached"}),
        (HF, 429, None),
    ],
)
async def test_a_limit_is_no_empty_account(wire_for: Any, way: Any, status: int, body: Any) -> None:
    assert isinstance(await refusal(wire_for, way, status, body), RateLimited)


def retry_info(delay: Any) -> dict[str, Any]:
    quota = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "reason": 5}
    return google("Wait.", "UNAVAILABLE", quota, {"retryDelay": delay})


BUSY = {"detail": "busy", "error_type": "runner_scheduling_failure"}


@rows(
    ("way", "status", "body", "spelt", "wait"),
    [
        *((way, 429, None, spelt, wait) for way in (IMAGEN, GEMINI, BFL, FAL, HF)
          for spelt, wait in (("7", 7), ("1.5", 1.5), ("date", 60))),
        *((way, status, retry_info(delay), "", wait) for way in (IMAGEN, GEMINI) for status in (429, 503)
          for delay, wait in (("1.5s", 1.5), ("1s", 1), ("0.25s", 0.25))),
        *((way, 503, retry_info(""), "7", 7) for way in (IMAGEN, GEMINI)),
        *((way, 503, BUSY, spelt, wait) for way in (BFL, FAL) for spelt, wait in (("7", 7), ("date", 60))),
    ],
)  # fmt: skip
async def test_a_wait_is_read_in_every_spelling(
    wire_for: Any, way: Any, status: int, body: Any, spelt: str, wait: float
) -> None:
    """A date is in whole seconds, and passes meanwhile."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    headers = {"retry-after": date if spelt == "date" else spelt} if spelt else None
    error = await refusal(wire_for, way, status, body, headers)
    assert isinstance(error, RateLimited | ModelUnavailable)
    assert error.retry_after is not None
    assert wait * 0.5 < error.retry_after <= wait
