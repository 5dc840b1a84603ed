"""Where a task stands by fal's queue, asked for or pushed.

By fal.ai/docs ("Queue"): `IN_QUEUE`, `IN_PROGRESS`, `COMPLETED`, and no status for failure. The stream sends
the same objects as server-sent events and a comment every 15 seconds, and closes after `COMPLETED`.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from httpx_sse import EventSource

from imagestudio.core.errors import StudioError
from imagestudio.providers.base import Pending, Ticket
from imagestudio.providers.fal_reasons import Reasons, of_body
from imagestudio.providers.http import Wire

GRACE_S = 5.0
"""How much longer than the caller's patience the connection itself may be silent."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Over, well or not: the result tells. `reasons` are what the status gives for an error."""

    reasons: Reasons = ()


QueueStatus = Pending | Finished


def read_status(ticket: Ticket, body: Any) -> QueueStatus | None:
    """What a status object says; None where it is not a documented one.

    Upper case is documented. Another case can mean nothing else, and giving up on it would leave a paid
    picture behind.
    """
    if not isinstance(body, dict) or not isinstance(status := body.get("status"), str):
        return None
    match status.upper():
        case "IN_QUEUE":
            return Pending(ticket, "queued", ahead=_ahead(body.get("queue_position")))
        case "IN_PROGRESS":
            return Pending(ticket)
        case "COMPLETED":
            return Finished(of_body(body))
    return None


def _ahead(position: Any) -> int | None:
    """`queue_position` counts from 0, so it is the number of tasks before this one."""
    return (
        position if isinstance(position, int) and not isinstance(position, bool) and position >= 0 else None
    )


def stream_url(status_url: str) -> str:
    """Where fal streams the status of the same task. The URL's own query stays."""
    path, mark, query = status_url.partition("?")
    return f"{path.rstrip('/')}/stream{mark}{query}"


async def pushed(wire: Wire, status_url: str, patience: float) -> AsyncGenerator[Any, None]:
    """Status objects as fal sends them. Ends, without a word, where the stream can't be had, breaks, or says
    something else: a plain status request then tells what is wrong. Raises for a URL that isn't fal's."""
    try:
        async with wire.stream(stream_url(status_url), timeout_s=patience + GRACE_S) as response:
            if response.status_code != 200:
                return
            async with aclosing(EventSource(response).aiter_sse()) as events:
                async for event in events:
                    yield wire.parse(event.data.encode())
    except StudioError:
        raise
    except Exception:
        return
