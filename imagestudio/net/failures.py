"""What clients of three makes raise, in the words of `FetchError`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import aiohttp
import httpcore
import httpx

from imagestudio.net.errors import FetchError, Reason
from imagestudio.net.network import NotPublic

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
