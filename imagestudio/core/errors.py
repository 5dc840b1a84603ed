"""What can go wrong, in the words and codes that callers see.

    StudioError
    ├── BadRequest              400 BAD_REQUEST
    ├── MissingField            400 MISSING_REQUIRED_FIELD
    ├── InvalidModel            400 INVALID_MODEL
    ├── InvalidParameter        400 INVALID_PARAMETER
    ├── UnsupportedParameter    400 UNSUPPORTED_PARAMETER
    ├── InvalidImage            400 INVALID_IMAGE
    ├── Unauthorized            401 UNAUTHORIZED
    ├── InvalidApiKey           401 INVALID_API_KEY
    ├── Forbidden               403 FORBIDDEN
    ├── BudgetExceeded          402 BUDGET_EXCEEDED
    ├── NotFound                404 NOT_FOUND
    ├── IdempotencyConflict     409 IDEMPOTENCY_CONFLICT
    ├── PayloadTooLarge         413 PAYLOAD_TOO_LARGE
    ├── ContentRefused          422 CONTENT_REFUSED
    ├── RateLimited             429 RATE_LIMIT_EXCEEDED
    ├── InternalError           500 INTERNAL_ERROR
    ├── ProviderFailed          502 PROVIDER_ERROR
    ├── ProviderTimeout         504 PROVIDER_TIMEOUT
    └── ModelUnavailable        503 MODEL_UNAVAILABLE

Every entrance (page, REST, gradio_client, MCP) shows the same code, message and details.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self

from imagestudio.core.messages import PROGRAM, Message, from_json, render, to_json

Charged = Literal["yes", "no", "unknown"]
"""Whether a provider has taken money for a call, as far as its documented rules tell."""

UnavailableReason = Literal["missing_key", "bad_key", "out_of_credits", "retired", "busy", "storage_full"]


SILENT_ON_MONEY = frozenset(
    {
        "fault",
        "fault.after_restart",
        "fault.not_stored",
        "fault.not_stored_lost",
        "key.gone_look",
        "key.gone_run",
        "key.missing",
        "key.missing_own",
        "key.own_gone_look",
        "key.own_gone_run",
        "provider.foreign_address",
        "provider.undocumented",
    }
)
"""The messages that don't say themselves, and more exactly, whether money was taken."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as it is kept: the public code, what is said of it in any language, and the details."""

    code: str
    text: Message
    details: Mapping[str, Any]

    def with_details(self, **details: Any) -> Self:
        """The same failure, with more details."""
        return replace(self, details={**self.details, **details})

    def money(self) -> Message | None:
        """What is to be said of money besides the message; None where that says it itself."""
        charged = self.details.get("charged")
        return Message(f"charged.{charged}") if charged and self.text.id in SILENT_ON_MONEY else None

    def as_dict(self, language: str = PROGRAM) -> dict[str, Any]:
        """The `error` object of the public contract."""
        return {
            "code": self.code,
            "message": render(self.text, language),
            "details": dict(self.details),
        }

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"code": self.code, "text": to_json(self.text), "details": dict(self.details)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `to_json` stored; an older studio stored the English sentence as `message`."""
        text = stored.get("text", stored.get("message", ""))
        return cls(stored["code"], from_json(text), stored["details"])


class Explained(Exception):
    """An exception that says in a message what is wrong; it is a part of what people are told."""

    def __init__(self, text: Message) -> None:
        super().__init__(render(text))
        self.text = text


class StudioError(Exception):
    """A failure with a public code, an HTTP status, a message and details that name the next step.

    `text` is the message for any language, `message` its English sentence.

    `details` never holds a key. `charged`, once money could have moved, says whether it did, and `cost_usd`
    how much where the provider said so.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    cost_usd: float | None = None

    def __init__(self, text: Message, *, charged: Charged | None = None, **details: Any) -> None:
        self.text = text
        self.message = render(self.text)
        super().__init__(self.message)
        self.charged = charged
        self.details: dict[str, Any] = {key: value for key, value in details.items() if value is not None}
        if charged is not None:
            self.details["charged"] = charged

    @property
    def failure(self) -> Failure:
        """What is kept of it."""
        return Failure(self.code, self.text, self.details)

    def as_dict(self, language: str = PROGRAM) -> dict[str, Any]:
        """The `error` object of the public contract."""
        return self.failure.as_dict(language)


class BadRequest(StudioError):
    """The request is not JSON, or not an object."""

    code, status = "BAD_REQUEST", 400


class MissingField(StudioError):
    """A required field is absent or empty."""

    code, status = "MISSING_REQUIRED_FIELD", 400


class InvalidModel(StudioError):
    """No such model, or a model of the other task."""

    code, status = "INVALID_MODEL", 400


class InvalidParameter(StudioError):
    """A value of the wrong type, out of range, or in conflict with another."""

    code, status = "INVALID_PARAMETER", 400


class UnsupportedParameter(StudioError):
    """A field that this model, or this endpoint, does not take."""

    code, status = "UNSUPPORTED_PARAMETER", 400


class InvalidImage(StudioError):
    """The source image is unreachable, at a refused address, not an image, or too large."""

    code, status = "INVALID_IMAGE", 400


class Unauthorized(StudioError):
    """This studio asks for an API key and none came."""

    code, status = "UNAUTHORIZED", 401


class InvalidApiKey(StudioError):
    """The API key for this studio is not one it knows."""

    code, status = "INVALID_API_KEY", 401


class Forbidden(StudioError):
    """The request comes from where this studio takes none."""

    code, status = "FORBIDDEN", 403


class BudgetExceeded(StudioError):
    """The call would pass a budget of this studio's; it was not sent."""

    code, status = "BUDGET_EXCEEDED", 402


class NotFound(StudioError):
    """No such job, file or route."""

    code, status = "NOT_FOUND", 404


class IdempotencyConflict(StudioError):
    """The Idempotency-Key was used with another body."""

    code, status = "IDEMPOTENCY_CONFLICT", 409

    def __init__(self, text: Message, *, field: str = "Idempotency-Key", **details: Any) -> None:
        super().__init__(text, field=field, **details)


class PayloadTooLarge(StudioError):
    """The body, or the upload in it, is larger than the studio takes."""

    code, status = "PAYLOAD_TOO_LARGE", 413


class ContentRefused(StudioError):
    """The provider's moderation declined. `stage` is `prompt` (what went in) or `image` (what came out)."""

    code, status = "CONTENT_REFUSED", 422

    def __init__(self, text: Message, *, stage: Literal["prompt", "image"], **details: Any) -> None:
        super().__init__(text, stage=stage, **details)


class RateLimited(StudioError):
    """The provider, or this studio, asks to wait; `details.retryAfter` is in whole seconds."""

    code, status = "RATE_LIMIT_EXCEEDED", 429

    def __init__(self, text: Message, *, retry_after: float | None = None, **details: Any) -> None:
        super().__init__(text, retryAfter=max(1, round(retry_after or 10)), **details)
        self.retry_after = retry_after


class InternalError(StudioError):
    """Our own fault: `details.id` finds it in the log."""


class ProviderFailed(StudioError):
    """The provider answered with a failure, could not be reached, or made no sense."""

    code, status = "PROVIDER_ERROR", 502


class ProviderTimeout(StudioError):
    """The provider did not finish in time."""

    code, status = "PROVIDER_TIMEOUT", 504


class ModelUnavailable(StudioError):
    """The model can't run now; `details.reason` says why, `details.set` names the variable to set, if any.
    `retry_after` is how many seconds its provider asked to wait, where it did."""

    code, status = "MODEL_UNAVAILABLE", 503

    def __init__(
        self, text: Message, *, reason: UnavailableReason, retry_after: float | None = None, **details: Any
    ) -> None:
        super().__init__(text, reason=reason, **details)
        self.reason = reason
        self.retry_after = retry_after


class SubmitLost(Exception):
    """A submit may have been accepted but its answer was lost; it is never sent again by itself.

    Providers raise it; the worker ends the call as `uncertain` with `error` as its reason.
    """

    def __init__(self, error: ProviderFailed | ProviderTimeout) -> None:
        super().__init__(error.message)
        self.error = error


def status_of(code: str) -> int:
    """The HTTP status that goes with a public code, for errors that were stored with their job."""
    return next((kind.status for kind in _kinds(StudioError) if kind.code == code), StudioError.status)


def _kinds(root: type[StudioError]) -> list[type[StudioError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in _kinds(child))]
