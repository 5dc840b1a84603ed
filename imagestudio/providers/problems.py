"""The sentences for what providers answer, so that all three say the same thing the same way."""

from typing import Literal

from imagestudio.core.errors import (
    Charged,
    ContentRefused,
    ModelUnavailable,
    ProviderFailed,
    RateLimited,
    SubmitLost,
)

MONEY = {
    "no": "You were not charged.",
    "yes": "The provider charges for it all the same.",
    "unknown": "The provider may have charged for it.",
}


def bad_key(title: str, variable: str, charged: Charged = "no") -> ModelUnavailable:
    """The provider does not accept the key; `charged` where it had accepted the task before."""
    return ModelUnavailable(
        f"{title} did not accept the key. Check {variable}. {MONEY[charged]}",
        reason="bad_key",
        set=variable,
        charged=charged,
    )


def out_of_credits(title: str, charged: Charged = "no") -> ModelUnavailable:
    """The account behind the key is empty; `charged` where it had accepted the task before."""
    return ModelUnavailable(
        f"The {title} account is out of credit. Top it up, then run again. {MONEY[charged]}",
        reason="out_of_credits",
        charged=charged,
    )


def retired(title: str, upstream: str) -> ModelUnavailable:
    """The vendor has ended the model."""
    return ModelUnavailable(
        f"{title} no longer serves {upstream}. Choose another model. You were not charged.",
        reason="retired",
        charged="no",
    )


def busy(title: str) -> ModelUnavailable:
    """The provider refused for load, and says so."""
    return ModelUnavailable(
        f"{title} is overloaded and took nothing. Run again in a moment. You were not charged.",
        reason="busy",
        charged="no",
    )


def rate_limited(title: str, retry_after: float | None, rule: str = "") -> RateLimited:
    """The provider asks to wait; nothing was accepted. `rule` is its limit, where it is known."""
    limit = f" ({rule})" if rule else ""
    wait = f"in {round(retry_after)} s" if retry_after else "in a little while"
    return RateLimited(
        f"{title} is limiting requests{limit}. Run again {wait}. You were not charged.",
        retry_after=retry_after,
        charged="no",
    )


def refused(
    title: str, *, stage: Literal["prompt", "image"], charged: Charged, reason: str = ""
) -> ContentRefused:
    """Moderation declined what went in (`prompt`) or what came out (`image`)."""
    because = f" ({reason})" if reason else ""
    if stage == "prompt":
        said = f"{title} refused this prompt or picture{because}. Sending it again will not help; reword it."
    else:
        said = f"{title} made a picture and held it back{because}. Another wording may pass."
    return ContentRefused(f"{said} {MONEY[charged]}", stage=stage, charged=charged)


def rejected(title: str, reason: str) -> ProviderFailed:
    """The provider found the request invalid, and accepted nothing."""
    return ProviderFailed(f"{title} rejected the request: {reason} You were not charged.", charged="no")


def failed(title: str, reason: str, charged: Charged) -> ProviderFailed:
    """The provider ended the task without a picture."""
    return ProviderFailed(f"{title} could not make the picture: {reason} {MONEY[charged]}", charged=charged)


def nonsense(title: str, what: str) -> ProviderFailed:
    """An answer that no documentation describes. The task keeps its ticket, so looking again stays free."""
    return ProviderFailed(f"{title} answered something undocumented: {what}", charged="unknown")


def unexplained(title: str, status: int) -> SubmitLost:
    """A submit answered with a failure that does not say whether it was accepted."""
    return SubmitLost(
        ProviderFailed(
            f"{title} answered the submit with an unexplained HTTP {status}. It may have been accepted and "
            "charged, so it is not sent again by itself.",
            charged="unknown",
        )
    )


def sentence(text: str) -> str:
    """A provider's own words to stand among ours: one line, up to 300 characters, ended like a sentence."""
    # Control characters and lone surrogates are valid in JSON and can be neither shown nor stored everywhere.
    said = "".join(filter(str.isprintable, " ".join(text.split()))) or "no reason given"
    if len(said) > 300:
        return said[:299] + "…"
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."
