"""Moments in the address: dates and date-times of ISO 8601, UTC unless they say otherwise."""

from datetime import UTC, date, datetime, timedelta

from imagestudio.catalog.validation import shown
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

LONGEST = 64


def beginning(text: str | None, field: str) -> float | None:
    """A date's first moment, or a date-time, in seconds since 1970. Raises `InvalidParameter`."""
    return None if text is None else _seconds(text, field, timedelta(0))


def end(text: str | None, field: str) -> float | None:
    """The same, but the moment after a date: the last day of a period belongs to it."""
    return None if text is None else _seconds(text, field, timedelta(days=1))


def _seconds(text: str, field: str, whole_day: timedelta) -> float:
    try:
        if len(text) > LONGEST:
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
            Message("query.date", field=field, value=shown(text)),
            field=field,
        ) from None
