"""What Black Forest Labs' failures mean, and whether they cost.

HTTP statuses by docs.bfl.ai ("Errors"), `detail` as its OpenAPI declares it: FastAPI's list, or a text.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from imagestudio.core.errors import Charged, ContentRefused, ProviderFailed, StudioError, SubmitLost
from imagestudio.core.messages import Message
from imagestudio.providers import problems
from imagestudio.providers.http import Answer, Garbled, Transient

TITLE = "Black Forest Labs"
MAX_ACTIVE = 24
"""Tasks of one account at once; one more is answered with 429."""

_MODERATION = re.compile(r"\bmoderat(ed|ion)\b", re.IGNORECASE)


def submit_failure(answer: Answer, variable: str) -> StudioError | SubmitLost:
    """The meaning of a submit answered with anything but a task.

    A `StudioError` (`charged` "no") where the status proves that nothing was accepted, else `SubmitLost`.
    """
    text = reason(answer.json)
    match answer.status:
        case 400 | 403 | 422 if _names_moderation(answer.json):
            return problems.refused(TITLE, stage="prompt", charged="no", reason=text)
        case 402:
            return problems.out_of_credits(TITLE)
        case 401 | 403 | 429 if problems.says_no_credit(text):
            return problems.out_of_credits(TITLE)
        case 400 | 404 | 405 | 413 | 422:
            return problems.rejected(TITLE, _with_status(text, answer.status))
        case 401 | 403:
            return problems.bad_key(TITLE, variable)
        case 429:
            rule = Message("provider.rule.tasks", most=MAX_ACTIVE)
            return problems.rate_limited(TITLE, answer.retry_after, rule)
        case 503 if text and "id" not in answer.json:
            return problems.busy(TITLE, answer.retry_after)
    return problems.unexplained(TITLE, answer.status)


def _names_moderation(body: Any) -> bool:
    """Whether the reason, or a status in its place, speaks of moderation; the echoed prompt may not."""
    status = body.get("status") if isinstance(body, dict) else None
    return any(_MODERATION.search(text) for text in (reason(body), status) if isinstance(text, str))


def poll_failure(answer: Answer, variable: str) -> StudioError | Transient:
    """The meaning of a poll whose answer holds no status of the task.

    The task was accepted before, so nothing here says that it was free.
    """
    failure = _poll_failure(answer, variable)
    return Garbled(failure) if answer.is_page and isinstance(failure, StudioError) else failure


def _poll_failure(answer: Answer, variable: str) -> StudioError | Transient:
    match answer.status:
        case 408 | 429:
            return Transient(f"{TITLE} asks to poll later (HTTP {answer.status}).", answer.retry_after)
        case status if status >= 500:
            return Transient(f"{TITLE} can't tell just now (HTTP {status}).", answer.retry_after)
        case 402:
            return problems.out_of_credits(TITLE, charged="unknown")
        case 401 | 403 if problems.says_no_credit(reason(answer.json)):
            return problems.out_of_credits(TITLE, charged="unknown")
        case 401 | 403:
            return problems.bad_key(TITLE, variable, charged="unknown")
        case 404:
            return unknown_task()
        case status if status >= 400:
            return problems.failed(TITLE, _with_status(reason(answer.json), status), "unknown")
    return Garbled(problems.undocumented(TITLE, Message("odd.poll_without_status", status=answer.status)))


def unknown_task() -> ProviderFailed:
    """The task's own host does not know it: expired, or never stored."""
    return problems.failed(TITLE, Message("reason.unknown_task_new"), "unknown")


def moderated(stage: Literal["prompt", "image"], body: Mapping[str, Any], charged: Charged) -> ContentRefused:
    """The task ended by moderation of what went in or what came out, with their reasons where told."""
    return problems.refused(TITLE, stage=stage, charged=charged, reason=reason(body))


def ended(status: str, body: Mapping[str, Any], charged: Charged) -> ProviderFailed:
    """The task ended by itself without a picture."""
    because = reason(body)
    text = Message("reason.ended_as", status=status)
    if because:
        text = Message("reason.ended_as_because", status=status, reason=because)
    return problems.failed(TITLE, text, charged)


def reason(body: Any) -> str:
    """What an answer gives as its reason, in one shortened line; empty where it gives none.

    The fields' names and messages only: FastAPI echoes the whole input beside them.
    """
    if not isinstance(body, Mapping):
        return ""
    fields = (body.get(name) for name in ("detail", "details", "error", "message"))
    text = next(filter(None, map(_text, fields)), "")
    return problems.sentence(text).rstrip(".") if text else ""


def _text(value: Any, depth: int = 3) -> str:
    match value:
        case str():
            return value.strip()
        case {"msg": str(message)}:
            loc = value.get("loc")
            steps = loc if isinstance(loc, list) else []
            where = ".".join(str(step) for step in steps if isinstance(step, str | int) and step != "body")
            return f"{where}: {message}" if where else message
        case dict() if depth:
            return "; ".join(filter(None, (_text(part, depth - 1) for part in value.values())))
        case list() if depth:
            return "; ".join(filter(None, (_text(part, depth - 1) for part in value)))
    return ""


def _with_status(reason: str, status: int) -> Message:
    if not reason:
        return Message("reason.http_only", status=status)
    return Message("reason.http", reason=reason, status=status)
