"""What providers answer, as errors of ours, so that all of them say the same thing the same way."""

import re
from typing import Literal

from imagestudio.core.errors import (
    Charged,
    ContentRefused,
    ModelUnavailable,
    ProviderFailed,
    RateLimited,
    SubmitLost,
)
from imagestudio.core.messages import Message

_NO_CREDIT = re.compile(
    r"\b(?:insufficient|not enough|out of|exhausted|depleted|(?:has|have) no"
    r"|exceeded your (?:monthly )?included)"
    r" (?:(?:your|any|more|remaining|account|prepaid|prepayment) ){0,2}(?:credits?|balance|funds)\b"
    r"|\b(?:credits?|balance|funds)\b[^.]{0,40}\b(?:depleted|exhausted|insufficient|too low|used up)\b"
    r"|\buser is locked\b|\bbilling_disabled\b",
    re.IGNORECASE,
)
Reason = Message | str
"""A message of ours, or the provider's own words."""


def money(charged: Charged) -> Message:
    """Whether the provider took money, as a sentence."""
    return Message(f"money.{charged}")


def bad_key(title: str, variable: str, charged: Charged = "no") -> ModelUnavailable:
    """The provider does not accept the key; `charged` where it had accepted the task before."""
    return ModelUnavailable(
        Message("provider.bad_key", title=title, variable=variable, money=money(charged)),
        reason="bad_key",
        set=variable,
        charged=charged,
    )


def says_no_credit(text: str) -> bool:
    """Whether a provider's words mean that the account is empty. To be asked of an answer about access or
    limits only: others may repeat the prompt."""
    return bool(_NO_CREDIT.search(text))


def out_of_credits(title: str, charged: Charged = "no") -> ModelUnavailable:
    """The account behind the key is empty; `charged` where it had accepted the task before."""
    why = Message("provider.is_out_of_credit", title=title)
    return ModelUnavailable(
        Message("provider.out_of_credit", why=why, money=money(charged)),
        reason="out_of_credits",
        charged=charged,
    )


def retired(title: str, upstream: str) -> ModelUnavailable:
    """The vendor has ended the model."""
    return ModelUnavailable(
        Message("provider.retired", title=title, upstream=upstream, money=money("no")),
        reason="retired",
        charged="no",
    )


def busy(title: str, retry_after: float | None = None) -> ModelUnavailable:
    """The provider refused for load, and says so."""
    why = Message("provider.is_busy", title=title)
    return ModelUnavailable(
        Message("provider.busy", why=why, money=money("no")),
        reason="busy",
        retry_after=retry_after,
        retryAfter=max(1, round(retry_after)) if retry_after else None,
        charged="no",
    )


def rate_limited(title: str, retry_after: float | None, rule: Message | None = None) -> RateLimited:
    """The provider asks to wait; nothing was accepted. `rule` is its limit, where it is known."""
    if rule is None:
        why = Message("provider.is_limiting", title=title)
    else:
        why = Message("provider.is_limiting_by", title=title, rule=rule)
    wait = Message("wait.seconds", seconds=round(retry_after)) if retry_after else Message("wait.moment")
    return RateLimited(
        Message("provider.limited", why=why, wait=wait, money=money("no")),
        retry_after=retry_after,
        charged="no",
    )


def refused(
    title: str, *, stage: Literal["prompt", "image"], charged: Charged, reason: str = ""
) -> ContentRefused:
    """Moderation declined what went in (`prompt`) or what came out (`image`)."""
    text = Message(f"provider.refused_{stage}", title=title, money=money(charged))
    if reason:
        text = Message(f"{text.id}_because", reason=reason, **text.params)
    return ContentRefused(text, stage=stage, charged=charged)


def rejected(title: str, reason: Reason) -> ProviderFailed:
    """The provider found the request invalid, and accepted nothing."""
    return ProviderFailed(
        Message("provider.rejected", title=title, reason=reason, money=money("no")), charged="no"
    )


def failed(title: str, reason: Reason, charged: Charged) -> ProviderFailed:
    """The provider ended the task without a picture."""
    return ProviderFailed(
        Message("provider.failed", title=title, reason=reason, money=money(charged)), charged=charged
    )


def undocumented(title: str, what: Message) -> ProviderFailed:
    """An answer that no documentation describes. The task keeps its ticket, so looking again stays free."""
    return ProviderFailed(Message("provider.undocumented", title=title, what=what), charged="unknown")


def lost(title: str, what: Message) -> SubmitLost:
    """A submit that was accepted, as far as its answer can be understood, without a way to follow it."""
    return submit_lost(Message("provider.lost_by", title=title, what=what))


def unexplained(title: str, status: int) -> SubmitLost:
    """A submit answered with a failure that does not say whether it was accepted."""
    return submit_lost(Message("provider.lost_unexplained", title=title, status=status))


def submit_lost(why: Message) -> SubmitLost:
    """A submit that may have been accepted."""
    return SubmitLost(ProviderFailed(Message("provider.lost", why=why), charged="unknown"))


def sentence(text: str) -> str:
    """A provider's own words to stand among ours: one line, up to 300 characters, ended like a sentence."""
    # Control characters and lone surrogates are valid in JSON and can be neither shown nor stored everywhere.
    line = "".join(filter(str.isprintable, " ".join(text.split()))) or "no reason given"
    if len(line) > 300:
        return line[:299] + "…"
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."
