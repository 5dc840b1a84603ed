"""Why a picture is not there any more."""

from datetime import UTC, datetime

from imagestudio.core.job import StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.units import DAY_S

RESTORABLE_S = DAY_S
"""How long a picture that its owner deleted can be brought back."""


def restorable_until(file: StoredFile) -> float | None:
    """Until when its owner can bring a deleted picture back, in seconds since 1970; None where they can't."""
    return file.gone_at + RESTORABLE_S if file.gone == "binned" and file.gone_at is not None else None


def why_gone(file: StoredFile) -> Message:
    """What is said of a picture that is gone."""
    until = restorable_until(file)
    if until is not None:
        moment = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%d %H:%M")
        return Message("picture.binned", moment=moment)
    reason = "owner" if file.gone == "binned" else file.gone or "unknown"
    return Message("picture.deleted", age=_age(file), reason=Message(f"gone.{reason}"))


def _age(file: StoredFile) -> Message:
    days = max(0, round(((file.gone_at or file.created_at) - file.created_at) / DAY_S))
    if days == 0:
        return Message("age.less")
    return Message("age.day") if days == 1 else Message("age.days", days=days)
