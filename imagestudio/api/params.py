"""Headers and query parameters that are read with our own words for what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from pydantic import BeforeValidator
from starlette.datastructures import Headers

from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

KEY = "Idempotency-Key"
LONGEST_KEY = 255
LONGEST_DATE = 64
QUALITY = re.compile(r"[01](\.[0-9]{0,3})?")
# One that never ends goes to the end: else each further quote would be looked at anew.
QUOTED = re.compile(r'"(?:\\.|[^"\\])*+"?')


def respond_async(headers: Headers) -> bool:
    """Whether `Prefer` holds `respond-async` (RFC 7240): one of several preferences, parameters allowed."""
    preferences = QUOTED.sub("", ",".join(headers.getlist("prefer"))).split(",")
    names = (preference.split(";")[0].split("=")[0].strip().lower() for preference in preferences)
    return "respond-async" in names


def idempotency_key(headers: Headers) -> str | None:
    """The `Idempotency-Key`, 1 to 255 characters. Raises `InvalidParameter`."""
    values = headers.getlist(KEY)
    if not values:
        return None
    allowed: Mapping[str, int] = {"minLength": 1, "maxLength": LONGEST_KEY}
    if len(values) > 1:
        raise InvalidParameter(Message("idempotency.repeated", times=len(values)), field=KEY, allowed=allowed)
    if not 1 <= len(values[0]) <= LONGEST_KEY:
        raise InvalidParameter(
            Message("idempotency.length", most=LONGEST_KEY, length=len(values[0])),
            field=KEY,
            allowed=allowed,
        )
    return values[0]


def one_of(field: str, allowed: Sequence[str]) -> BeforeValidator:
    """A parameter that is one of these. Raises `InvalidParameter`."""

    def checked(text: str) -> str:
        if text not in allowed:
            raise InvalidParameter(
                Message("query.one_of", field=field, allowed=allowed, value=excerpt(text)),
                field=field,
                allowed=list(allowed),
            )
        return text

    return BeforeValidator(checked)


def prefers_csv(accept: str) -> bool:
    """Whether `Accept` (RFC 9110, 12.5.1) names CSV, and ranks JSON below it or not at all."""
    quality: dict[str, float] = {}
    for choice in accept.replace(" ", "").lower().split(","):
        kind, *parameters = choice.split(";")
        weights = [text[2:] for text in parameters if text.startswith("q=")]
        quality[kind] = float(weights[0]) if weights and QUALITY.fullmatch(weights[0]) else 1.0
    return quality.get("text/csv", 0.0) > quality.get("application/json", 0.0)


def period_start(text: str | None, field: str) -> float | None:
    """A date's first moment, or a date-time (ISO 8601, UTC unless it says otherwise), in seconds since 1970.

    Raises `InvalidParameter`.
    """
    return None if text is None else _seconds(text, field, timedelta(0))


def period_end(text: str | None, field: str) -> float | None:
    """The same, but the moment after a date: the last day of a period belongs to it."""
    return None if text is None else _seconds(text, field, timedelta(days=1))


def _seconds(text: str, field: str, whole_day: timedelta) -> float:
    try:
        if len(text) > LONGEST_DATE:
            raise ValueError
        try:
            moment = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + whole_day
        except ValueError:
            moment = datetime.fromisoformat(text)
            moment = moment.replace(tzinfo=moment.tzinfo or UTC)
        # What is answered must be a date as well, whatever the zone.
        return moment.astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise InvalidParameter(
            Message("query.date", field=field, value=excerpt(text)),
            field=field,
        ) from None
