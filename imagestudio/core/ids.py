"""Ids that sort by time and can't be guessed."""

import secrets
import time
from hashlib import sha256


def new_id() -> str:
    """32 hex digits: 48 bits of milliseconds, then 80 random bits (the layout of a ULID)."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def derived_id(parent: str, *steps: int) -> str:
    """The id of what belongs to another: for the same steps always the same, and of the parent's time."""
    told = "/".join((parent, *map(str, steps)))
    return f"{parent[:12]:0>12}{sha256(told.encode()).hexdigest()[:20]}"
