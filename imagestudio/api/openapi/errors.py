"""Every error that the API can answer, with an example of each, for the reference."""

from typing import Any

from imagestudio.api.schemas import EXAMPLE_ID, Error
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
from imagestudio.core.messages import Message
from imagestudio.core.turns import RETRY_S

Responses = dict[int | str, dict[str, Any]]


def access() -> list[StudioError]:
    """Whoever calls."""
    return [
        Unauthorized(Message("access.key_asked")),
        InvalidApiKey(Message("access.bad_key")),
    ]


def foreign() -> list[StudioError]:
    """From where a call comes."""
    return [Forbidden(Message("request.cross_site"))]


def wrong_query() -> list[StudioError]:
    """A parameter in the address."""
    return [InvalidParameter(Message("query.limit", most=100, value="0"), field="limit")]


def missing() -> list[StudioError]:
    """What is not there."""
    return [NotFound(Message("job.unknown"), job_id=EXAMPLE_ID)]


def busy() -> list[StudioError]:
    """What takes turns with all others."""
    return [ModelUnavailable(Message("turns.busy"), reason="busy", retryAfter=RETRY_S, charged="no")]


def any_query() -> list[StudioError]:
    """A parameter in the address that the route does not take."""
    unknown = Message("query.unknown", field='"page"', allowed=["limit", "before"])
    return [UnsupportedParameter(unknown, field="page", allowed=["limit", "before"])]


def ours() -> list[StudioError]:
    """Our own fault."""
    return [InternalError(Message("fault", fault_id=EXAMPLE_ID), id=EXAMPLE_ID)]


def refusals() -> list[StudioError]:
    """A request that can't be a job: nothing was sent and nothing is charged."""
    return [
        BadRequest(Message("request.not_utf8")),
        MissingField(Message("prompt.missing"), field="prompt"),
        InvalidModel(Message("model.unknown", allowed=["…"]), field="model", allowed=["…"]),
        InvalidParameter(
            Message(
                "value.not_a_step",
                name="Flux 2 Pro",
                field=Message("field.width"),
                minimum=256,
                maximum=2048,
                step=16,
                value="1000",
                nearest=[992, 1008],
            ),
            field="width",
            allowed={"minimum": 256, "maximum": 2048, "multipleOf": 16, "nearest": [992, 1008]},
        ),
        UnsupportedParameter(
            Message("untaken", name="Imagen 4", field=Message("field.seed")),
            field="seed",
            allowed=["aspect_ratio"],
        ),
        BudgetExceeded(
            Message(
                "budget.studio",
                wanted_usd=0.05,
                left_usd=0.01,
                limit_usd=2.0,
                period=Message("period.day"),
                variable="IMAGESTUDIO_BUDGET_USD_DAY",
            ),
            charged="no",
            budget="day",
            limit_usd=2.0,
            spent_usd=1.99,
            wanted_usd=0.05,
        ),
        IdempotencyConflict(Message("job.key_reused"), job_id=EXAMPLE_ID),
        PayloadTooLarge(Message("request.too_large", most=33_554_432), allowed={"maxBytes": 33_554_432}),
    ]


def wrong_picture() -> list[StudioError]:
    """The picture to edit."""
    return [InvalidImage(Message("image.unknown_kind"), field="image_url")]


def endings() -> list[StudioError]:
    """A job that ended without a picture."""
    job: dict[str, Any] = {"job_id": EXAMPLE_ID}
    return [
        ContentRefused(
            Message("provider.refused_prompt", title="Google", money=Message("money.no")),
            stage="prompt",
            charged="no",
            **job,
        ),
        RateLimited(
            Message(
                "provider.limited",
                why=Message("provider.is_limiting", title="Google"),
                wait=Message("wait.seconds", seconds=10),
                money=Message("money.no"),
            ),
            retry_after=10,
            charged="no",
            **job,
        ),
        ProviderFailed(
            Message("provider.lost", why=Message("provider.connection_broke", title="fal.ai")),
            charged="unknown",
            **job,
        ),
        ModelUnavailable(
            Message(
                "key.missing",
                needs=Message("key.needed", name="Recraft V4", title="fal.ai"),
                variable="FAL_KEY",
            ),
            reason="missing_key",
            set="FAL_KEY",
            charged="no",
        ),
        ProviderTimeout(Message("run.not_in_time", title="fal.ai", seconds=900), charged="unknown", **job),
    ]


def refused(*errors: StudioError, any_name: bool = False) -> Responses:
    """What a route declares of its failures: an answer a status, with an example a code. `any_name`: its
    query is not looked at."""
    told = any_name or any(isinstance(error, UnsupportedParameter) for error in errors)
    every = [*errors, *([] if told else any_query()), *ours()]
    return {
        status: _response([error for error in every if error.status == status])
        for status in sorted({error.status for error in every})
    }


def _response(errors: list[StudioError]) -> dict[str, Any]:
    examples = {error.code: {"value": {"error": error.as_dict()}} for error in errors}
    response: dict[str, Any] = {
        "model": Error,
        "description": " ".join(f"`{error.code}`: {type(error).__doc__}" for error in errors),
        "content": {"application/json": {"examples": examples}},
    }
    if errors[0].status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}}
    if errors[0].status == 429:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return response
