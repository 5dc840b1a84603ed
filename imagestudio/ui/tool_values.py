"""What callers give the tools, read with the code and the field of what is wrong. Empty is left out."""

import re
from typing import TypeVar

from imagestudio.api.params import LONGEST_KEY
from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import InvalidParameter, NotFound
from imagestudio.core.messages import Message

LONGEST_WAIT_S = 50
"""Seconds: clients of agents give a call up after sixty, as a rule."""
JOB_ID = re.compile(r"[0-9a-f]{32}")
T = TypeVar("T")


def id_of(job_id: object, field: str = "job_id") -> str:
    """A job's id. Raises `InvalidParameter`, and `NotFound` for what can't be one."""
    if not isinstance(job_id, str):
        raise InvalidParameter(
            Message("value.not_text", field=field, value=excerpt(job_id)), field=field, allowed="string"
        )
    if not JOB_ID.fullmatch(job_id):
        raise NotFound(Message("job.unknown"), field=field)
    return job_id


def key_of(key: object) -> str | None:
    """An idempotency key, that may be left out. Raises `InvalidParameter`."""
    if key is None or key == "":
        return None
    if not isinstance(key, str) or not key.isprintable() or len(key) > LONGEST_KEY:
        raise InvalidParameter(
            Message("tool.idempotency_key", most=LONGEST_KEY),
            field="idempotency_key",
            allowed={"minLength": 1, "maxLength": LONGEST_KEY},
        )
    return key


def seconds_of(wait_s: object) -> float | None:
    """Seconds to wait. Raises `InvalidParameter`."""
    seconds = whole("wait_s", wait_s, 0, LONGEST_WAIT_S)
    return None if seconds is None else float(seconds)


def whole(field: str, value: object, least: int, most: int) -> int | None:
    """A number that may be left out. Raises `InvalidParameter`."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidParameter(
            Message("tool.whole", field=field, least=least, most=most),
            field=field,
            allowed={"minimum": least, "maximum": most},
        )
    return value


def choice(field: str, value: T | None, allowed: tuple[T, ...]) -> T | None:
    """One of several, that may be left out. Raises `InvalidParameter`."""
    if value is None or value == "":
        return None
    if value not in allowed:
        names = [str(each) for each in allowed]
        raise InvalidParameter(Message("tool.choice", field=field, allowed=names), field=field, allowed=names)
    return value
