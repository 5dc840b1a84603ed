"""The request headers that change what a request does, or how it is answered."""

import re
from collections.abc import Mapping

from starlette.datastructures import Headers

from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

KEY = "Idempotency-Key"
LONGEST_KEY = 255
QUALITY = re.compile(r"[01](\.[0-9]{0,3})?")
QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')


def respond_async(headers: Headers) -> bool:
    """Whether `Prefer` holds `respond-async` (RFC 7240): one of several preferences, parameters allowed."""
    preferences = QUOTED.sub("", ",".join(headers.getlist("prefer"))).split(",")
    names = (preference.split(";")[0].split("=")[0].strip().lower() for preference in preferences)
    return "respond-async" in names


def idempotency_key(headers: Headers) -> str | None:
    """The `Idempotency-Key`, 1 to 255 characters. Raises `InvalidParameter`."""
    given = headers.getlist(KEY)
    if not given:
        return None
    allowed: Mapping[str, int] = {"minLength": 1, "maxLength": LONGEST_KEY}
    if len(given) > 1:
        raise InvalidParameter(Message("idempotency.repeated", times=len(given)), field=KEY, allowed=allowed)
    if not 1 <= len(given[0]) <= LONGEST_KEY:
        raise InvalidParameter(
            Message("idempotency.length", most=LONGEST_KEY, length=len(given[0])),
            field=KEY,
            allowed=allowed,
        )
    return given[0]


def prefers_csv(accept: str) -> bool:
    """Whether `Accept` (RFC 9110, 12.5.1) names CSV, and ranks JSON below it or not at all."""
    quality: dict[str, float] = {}
    for choice in accept.replace(" ", "").lower().split(","):
        kind, *parameters = choice.split(";")
        weights = [text[2:] for text in parameters if text.startswith("q=")]
        quality[kind] = float(weights[0]) if weights and QUALITY.fullmatch(weights[0]) else 1.0
    return quality.get("text/csv", 0.0) > quality.get("application/json", 0.0)
