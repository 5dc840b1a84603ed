"""Why a picture is not there any more, in words."""

from collections.abc import Mapping
from datetime import UTC, datetime

from imagestudio.core.job import Gone, StoredFile
from imagestudio.core.units import DAY_S

RESTORABLE_S = DAY_S
"""How long a picture that its owner deleted can be brought back."""
REASONS: Mapping[Gone, str] = {
    "binned": "by its owner",
    "owner": "by its owner",
    "age": "as old as this studio keeps pictures",
    "room": "to make room for newer ones",
    "unclaimed": "because no job came for it",
}


def restorable_until(file: StoredFile) -> float | None:
    """Until when its owner can bring a deleted picture back, in seconds since 1970; None where they can't."""
    return file.gone_at + RESTORABLE_S if file.gone == "binned" and file.gone_at is not None else None


def why_gone(file: StoredFile) -> str:
    """A sentence about a picture that is gone."""
    until = restorable_until(file)
    if until is not None:
        moment = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%d %H:%M")
        return f"This picture was deleted by its owner, who can restore it until {moment} UTC."
    reason = REASONS[file.gone] if file.gone else ""
    return f"This picture was deleted after {_age(file)}, {reason}. Its job and what it cost are kept."


def _age(file: StoredFile) -> str:
    days = max(0, round(((file.gone_at or file.created_at) - file.created_at) / DAY_S))
    return "less than a day" if days == 0 else f"{days} day{'' if days == 1 else 's'}"
