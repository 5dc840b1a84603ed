"""Ids that sort by time and can't be guessed."""

import secrets
import time


def new_id() -> str:
    """32 hex digits: 48 bits of milliseconds, then 80 random bits (the layout of a ULID)."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
