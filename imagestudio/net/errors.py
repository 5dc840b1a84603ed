"""Why a download did not work, in words of our own whatever client raised."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import aiohttp
import httpcore
import httpx

from imagestudio.net.network import NotPublic

Reason = Literal[
    "url", "address", "unreachable", "timeout", "redirects", "status", "gone", "too_large", "truncated"
]
"""`url`: not a link the studio opens. `address`: not on the public internet. `gone`: a provider's link has
expired (403, 404, 410). `truncated`: the body ended early or broke off."""


class FetchError(Exception):
    """A download that did not work: `reason` is for code, `message` for the person who named the link.

    `status` is the HTTP status where that is what was wrong.
    """

    def __init__(self, reason: Reason, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message
        self.status = status


TIMEOUTS = (TimeoutError, httpx.TimeoutException, httpcore.TimeoutException)
BROKEN = (
    httpx.RequestError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    aiohttp.ClientError,  # httpx-aiohttp lets some of these through
)
FAILURES: dict[Reason, str] = {
    "timeout": "The file did not come in time. Try again, or use another.",
    "unreachable": "The host could not be reached. Check the link, or try again.",
    "truncated": "The connection broke before all of the file had come. Try again.",
}


@contextmanager
def plain_failures(broken: Literal["unreachable", "truncated"]) -> Iterator[None]:
    """Translate them; a broken connection is `broken`."""
    try:
        yield
    except NotPublic as error:
        sentence = f"{error} is not on the public internet. Use a link that anyone can open."
        raise FetchError("address", sentence) from error
    except (*TIMEOUTS, *BROKEN) as error:
        reason: Reason = "timeout" if _timed_out(error) else broken
        raise FetchError(reason, FAILURES[reason]) from error


def _timed_out(error: Exception) -> bool:
    # httpx-aiohttp calls every lost connection a ConnectTimeout; aiohttp's error behind it knows better.
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    return isinstance(cause, TIMEOUTS)
