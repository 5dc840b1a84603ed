"""What fal's failures mean, and whether they cost.

By fal.ai/docs ("Errors", "Request errors", "Pricing"): 5xx and waiting are free, a 422 may cost if the runner
had started. Bodies of 401 and 403 are as users have seen them.
"""

import re
from typing import Literal

from imagestudio.core.errors import Charged, ProviderTimeout, StudioError, SubmitLost
from imagestudio.core.messages import Message
from imagestudio.providers import problems
from imagestudio.providers.fal_reasons import Reasons, most_telling, of_answer, sentence
from imagestudio.providers.http import Answer, Garbled, Transient

TITLE = "fal.ai"
REFUSED = "content_policy_violation"
FREE = frozenset(
    {
        "downstream_service_unavailable",
        "generation_timeout",
        "internal_error",
        "internal_server_error",
        "request_timeout",
        "runner_connection_error",
        "runner_connection_refused",
        "runner_connection_timeout",
        "runner_disconnected",
        "runner_incomplete_response",
        "runner_scheduling_failure",
        "runner_server_error",
        "startup_timeout",
    }
)
"""The error types that fal documents with a 5xx, for where only the type is known."""
INPUT_FIELDS = frozenset({"prompt", "negative_prompt", "image_url", "image_urls"})

_NO_CREDIT = re.compile(r"\b(locked|exhausted|balance)\b", re.IGNORECASE)
_UNFINISHED = re.compile(r"\b(in progress|in queue|not (yet )?(complete|finished|ready))", re.IGNORECASE)


def submit_failure(answer: Answer, variable: str, endpoint: str) -> StudioError | SubmitLost:
    """The meaning of a submit answered with anything but a task.

    A `StudioError` (`charged` "no") where the status proves that nothing was accepted, else `SubmitLost`.
    """
    reasons = of_answer(answer)
    match answer.status:
        case 400 | 422 if any(reason.type == REFUSED for reason in reasons):
            return problems.refused(TITLE, stage="prompt", charged="no", reason=_plain(reasons))
        case 400 | 404 | 405 | 413 | 422:
            where = endpoint.lstrip("/")
            why = Message("reason.http_for", status=answer.status, endpoint=where, reason=reason_of(reasons))
            return problems.rejected(TITLE, why)
        case 402:
            return problems.out_of_credits(TITLE)
        case 429 if _no_credit(reasons):
            return problems.out_of_credits(TITLE)
        case 401 | 403:
            return _no_access(reasons, variable, "no")
        case 429:
            return problems.rate_limited(TITLE, answer.retry_after)
        case 503 if reasons:
            return problems.busy(TITLE, answer.retry_after)
    return problems.unexplained(TITLE, answer.status)


def status_failure(answer: Answer, variable: str) -> StudioError | Transient:
    """The meaning of a status request whose answer holds no status of the task."""
    return _unless_a_page(answer, _status_failure(answer, variable))


def _status_failure(answer: Answer, variable: str) -> StudioError | Transient:
    if passing := _passing(answer):
        return passing
    reasons = of_answer(answer)
    match answer.status:
        case 402:
            return problems.out_of_credits(TITLE, "unknown")
        case 401 | 403:
            return _no_access(reasons, variable, "unknown")
        case 404:
            return problems.failed(TITLE, Message("reason.unknown_task"), "unknown")
        case status if status >= 400:
            return problems.failed(TITLE, _with_status(reasons, status), "unknown")
    return Garbled(problems.undocumented(TITLE, Message("odd.no_documented_status", status=answer.status)))


def result_failure(answer: Answer, variable: str, earlier: Reasons) -> StudioError | Transient:
    """The meaning of a finished task's failure. `earlier` is what its status gave for it."""
    failure = _result_failure(answer, variable, earlier)
    return failure if earlier else _unless_a_page(answer, failure)


def _result_failure(answer: Answer, variable: str, earlier: Reasons) -> StudioError | Transient:
    reasons = of_answer(answer)
    match answer.status:
        case 402:
            return problems.out_of_credits(TITLE, "unknown")
        case 401 | 403:
            return _no_access(reasons, variable, "unknown")
        case 404 if earlier:
            return ended(earlier, 404)
        case 404:
            return problems.failed(TITLE, Message("reason.result_gone"), "unknown")
        case 408 | 429:
            return _later(answer)
        case status if status >= 400 and (reasons or earlier):
            return ended(most_telling(reasons, earlier), status)
        case status if status >= 500:
            return _later(answer)
        case status if status >= 400:
            return problems.failed(TITLE, _with_status((), status), "unknown")
    return Garbled(problems.undocumented(TITLE, Message("odd.result", status=answer.status)))


def ended(reasons: Reasons, status: int) -> StudioError:
    """A task that is over without a picture, for these reasons; `status` is the result's HTTP status."""
    types = {reason.type for reason in reasons}
    charged: Charged = "no" if status >= 500 or types & FREE else "unknown"
    if refusal := next((reason for reason in reasons if reason.type == REFUSED), None):
        stage: Literal["prompt", "image"] = "prompt" if INPUT_FIELDS.intersection(refusal.at) else "image"
        return problems.refused(TITLE, stage=stage, charged=charged, reason=_plain((refusal,)))
    reason = sentence(reasons)
    if status == 504 or any(kind.endswith("_timeout") for kind in types):
        late = Message("provider.timed_out", title=TITLE, reason=reason, money=problems.money(charged))
        return ProviderTimeout(late, charged=charged)
    why = Message("reason.run_again", reason=reason) if charged == "no" else reason
    return problems.failed(TITLE, why, charged)


def reason_of(reasons: Reasons) -> problems.Reason:
    """What they say, or that they say nothing."""
    return sentence(reasons) if reasons else Message("reason.none")


def unfinished(answer: Answer) -> bool:
    """Whether a result was asked for too early: documented as 400, seen as 202."""
    reasons = of_answer(answer)
    early = any(_UNFINISHED.search(reason.text) for reason in reasons if not reason.at)
    return answer.status == 202 or (answer.status == 400 and early)


def _no_access(reasons: Reasons, variable: str, charged: Charged) -> StudioError:
    if _no_credit(reasons) or any(_NO_CREDIT.search(reason.text) for reason in reasons):
        return problems.out_of_credits(TITLE, charged)
    return problems.bad_key(TITLE, variable, charged)


def _no_credit(reasons: Reasons) -> bool:
    return any(problems.says_no_credit(reason.text) for reason in reasons)


def _unless_a_page(answer: Answer, failure: StudioError | Transient) -> StudioError | Transient:
    return Garbled(failure) if answer.is_page and isinstance(failure, StudioError) else failure


def _passing(answer: Answer) -> Transient | None:
    return _later(answer) if answer.status in (408, 429) or answer.status >= 500 else None


def _later(answer: Answer) -> Transient:
    return Transient(f"{TITLE} can't tell just now (HTTP {answer.status}).", answer.retry_after)


def _with_status(reasons: Reasons, status: int) -> Message:
    if not reasons:
        return Message("reason.http_only", status=status)
    return Message("reason.http_first", status=status, reason=sentence(reasons))


def _plain(reasons: Reasons) -> str:
    return "; ".join(reason.text or reason.type for reason in reasons).rstrip(".")
