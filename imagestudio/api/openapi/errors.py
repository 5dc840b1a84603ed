"""Every error that the API can answer, with an example of each, for the reference."""

from typing import Any

from imagestudio.api.openapi.components import record, ref
from imagestudio.core.errors import (
    BadRequest,
    BudgetExceeded,
    ContentRefused,
    Forbidden,
    IdempotencyConflict,
    InternalError,
    InvalidApiKey,
    InvalidImage,
    InvalidModel,
    InvalidParameter,
    MissingField,
    ModelUnavailable,
    NotFound,
    PayloadTooLarge,
    ProviderFailed,
    ProviderTimeout,
    RateLimited,
    StudioError,
    Unauthorized,
    UnsupportedParameter,
)

EXAMPLE_ID = "01933c8f5e2ab1c4d07f9a3e5b6c8d90"


def access() -> list[StudioError]:
    """Whoever calls."""
    return [
        Unauthorized("This studio asks for a key: Authorization: Bearer KEY, or X-API-Key: KEY."),
        InvalidApiKey("This studio does not know that key. Ask whoever runs it for a valid one."),
    ]


def foreign() -> list[StudioError]:
    """From where a call comes."""
    return [Forbidden("This came from another web site's page.")]


def wrong_query() -> list[StudioError]:
    """A parameter in the address."""
    return [InvalidParameter("limit is a whole number from 1 to 100, not 0.", field="limit")]


def missing() -> list[StudioError]:
    """What is not there."""
    return [NotFound("There is no job of that id.", job_id=EXAMPLE_ID)]


def ours() -> list[StudioError]:
    """Our own fault."""
    return [InternalError(f"The studio failed. The reason is in the log under {EXAMPLE_ID}.", id=EXAMPLE_ID)]


def refusals() -> list[StudioError]:
    """A request that can't be a job: nothing was sent and nothing is charged."""
    return [
        BadRequest("The body is not JSON. Send a JSON object."),
        MissingField("Write a prompt: what should the picture show?", field="prompt"),
        InvalidModel("There is no model of that name.", field="model", allowed=["…"]),
        InvalidParameter(
            "width 1000 is not a multiple of 16; the nearest to 1000 is 992 or 1008.",
            field="width",
            allowed={"minimum": 256, "maximum": 2048, "multipleOf": 16, "nearest": [992, 1008]},
        ),
        UnsupportedParameter("This model takes no seed.", field="seed", allowed=["aspect_ratio"]),
        BudgetExceeded(
            "This run could cost $0.05, and $0.01 is left of this day's budget of $2. Nothing was sent.",
            charged="no",
            budget="day",
            limit_usd=2.0,
            spent_usd=1.99,
            wanted_usd=0.05,
        ),
        IdempotencyConflict("This Idempotency-Key was used with another request.", job_id=EXAMPLE_ID),
        PayloadTooLarge("The body may have 33,554,432 bytes.", allowed={"maxBytes": 33_554_432}),
    ]


def wrong_picture() -> list[StudioError]:
    """The picture to edit."""
    return [InvalidImage("The file is not a PNG, JPEG, WebP, AVIF, GIF or SVG picture.", field="image_url")]


def endings() -> list[StudioError]:
    """A job that ended without a picture."""
    job: dict[str, Any] = {"job_id": EXAMPLE_ID}
    return [
        ContentRefused("The provider declined this prompt.", stage="prompt", charged="no", **job),
        RateLimited("The provider asks to wait.", retry_after=10, charged="no", **job),
        ProviderFailed("The connection was lost after the request was sent.", charged="unknown", **job),
        ModelUnavailable("Set the provider's key.", reason="missing_key", set="FAL_KEY", charged="no"),
        ProviderTimeout("The provider did not finish within 900 s.", charged="unknown", **job),
    ]


def responses(errors: list[StudioError]) -> dict[str, Any]:
    """OpenAPI responses, one a status, with an example a code."""
    statuses = sorted({error.status for error in errors})
    return {
        str(status): _response([error for error in errors if error.status == status]) for status in statuses
    }


def _response(errors: list[StudioError]) -> dict[str, Any]:
    examples = {error.code: {"value": {"error": error.as_dict()}} for error in errors}
    response: dict[str, Any] = {
        "description": " ".join(f"`{error.code}`: {type(error).__doc__}" for error in errors),
        "content": {"application/json": {"schema": ref("Error"), "examples": examples}},
    }
    status = errors[0].status
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}}
    if status == 429:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return response


def error_schemas() -> dict[str, Any]:
    """The components that failures share."""
    everything = [*access(), *foreign(), *missing(), *ours(), *refusals(), *wrong_picture(), *endings()]
    codes = sorted({error.code for error in everything})
    details = {
        "type": "object",
        "additionalProperties": True,
        "description": "field, allowed, job_id, charged, offers, reason, set, stage, retryAfter, budget, "
        "limit_usd, spent_usd, wanted_usd: whichever apply.",
    }
    error = {
        "code": {"type": "string", "enum": codes},
        "message": {"type": "string"},
        "details": details,
    }
    return {"Error": record({"error": ref("ErrorObject")}), "ErrorObject": record(error)}
