"""fal's two shapes of errors: the model's list of details, the platform's text with `error_type`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.responses import HTMLResponse, JSONResponse, Response

from imagestudio.sandbox.fal_models import Place
from imagestudio.sandbox.script import CRASH_PAGE

DOCS = "https://docs.fal.ai/errors/#"
RENAMED = {"too_short": "sequence_too_short", "too_long": "sequence_too_long"}


@dataclass(frozen=True, slots=True)
class Failure:
    """How a run ends without a picture: what `response_url` answers, and what the status says of it."""

    code: int
    body: dict[str, Any]
    error: str | None = None
    error_type: str | None = None

    def answer(self) -> JSONResponse:
        first = self.body["detail"][0]["type"] if isinstance(self.body["detail"], list) else self.error_type
        headers = {
            "X-Fal-Error-Type": str(first),
            "X-Fal-Retryable": "true" if self.code in (503, 504) else "false",
        }
        return JSONResponse(self.body, self.code, headers)


def platform(code: int, text: str, error_type: str) -> Failure:
    return Failure(code, {"detail": text, "error_type": error_type}, text, error_type)


def model_error(place: Place, type: str, message: str) -> Failure:
    return Failure(422, {"detail": [_detail(place, type, message)]})


def invalid(error: ValidationError) -> Failure:
    """fal's own names for sequences; Pydantic's pass through."""
    details = [
        _detail(problem["loc"], RENAMED.get(problem["type"], problem["type"]), problem["msg"])
        for problem in error.errors(include_url=False)
    ]
    return Failure(422, {"detail": details})


def moderated(place: Place) -> Failure:
    message = "The content could not be processed because it was flagged by a content checker."
    return model_error(place, "content_policy_violation", message)


RUN_FAILED = platform(500, "The runner failed while processing the request.", "runner_server_error")
CANCELLED = platform(499, "The request was cancelled.", "client_cancelled")


def refused_at_the_door(words: frozenset[str], broke: bool) -> Response | None:
    """The answer to a request that is not queued, None for one that is."""
    if "demo:crash" in words:
        return HTMLResponse(CRASH_PAGE, 502)
    if "demo:unavailable" in words:
        return platform(503, "No runner could be scheduled.", "runner_scheduling_failure").answer()
    if "demo:out-of-credits" in words or broke:
        return text_error(403, "User is locked. Reason: Exhausted balance. Top up your balance to continue.")
    if "demo:rate-limit" in words:
        text = "The account's limit of concurrent requests is reached."
        return platform(429, text, "concurrent_requests_limit").answer()
    return None


def text_error(code: int, text: str) -> JSONResponse:
    return JSONResponse({"detail": text}, code)


def _detail(place: Sequence[str | int], type: str, message: str) -> dict[str, Any]:
    return {"loc": ["body", *place], "msg": message, "type": type, "url": DOCS + type}
