"""Why a download did not work, in words of our own whatever client raised."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import aiohttp
import httpcore
import httpx

from imagestudio.core.messages import Message, render
from imagestudio.net.addresses import parse_ip
from imagestudio.net.network import NotPublic, UnknownHost

Reason = Literal[
    "url", "address", "unreachable", "timeout", "redirects", "status", "gone", "too_large", "truncated"
]
"""`url`: not a link the studio opens. `address`: not on the public internet. `gone`: a provider's link has
expired (403, 404, 410). `truncated`: the body ended early or broke off."""


class FetchError(Exception):
    """A download that did not work: `reason` is for code, `text` for the person who named the link.

    `status` is the HTTP status where that is what was wrong.
    """

    def __init__(self, reason: Reason, text: Message, *, status: int | None = None) -> None:
        super().__init__(render(text))
        self.reason: Reason = reason
        self.text = text
        self.status = status


TIMEOUTS = (TimeoutError, httpx.TimeoutException, httpcore.TimeoutException)
BROKEN = (
    httpx.RequestError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    aiohttp.ClientError,  # httpx-aiohttp lets some of these through
)
FAILURES: dict[Reason, Message] = {
    "timeout": Message("net.timeout"),
    "unreachable": Message("net.unreachable"),
    "truncated": Message("net.truncated"),
}


@contextmanager
def translate_errors(broken: Literal["unreachable", "truncated"]) -> Iterator[None]:
    """Translate them; a broken connection is `broken`."""
    try:
        yield
    except NotPublic as error:
        raise FetchError("address", _not_public(str(error))) from error
    except UnknownHost as error:
        raise FetchError("unreachable", _not_public(error.host)) from error
    except (*TIMEOUTS, *BROKEN) as error:
        reason: Reason = "timeout" if _timed_out(error) else broken
        raise FetchError(reason, FAILURES[reason]) from error


def _not_public(host: str) -> Message:
    """Of a name the same whether it is unknown or means an inner address: else the names of an inner network
    could be asked for one by one."""
    return Message("net.not_public" if parse_ip(host) else "net.no_public_host", host=host)


def _timed_out(error: Exception) -> bool:
    # httpx-aiohttp calls every lost connection a ConnectTimeout; aiohttp's error behind it knows better.
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    return isinstance(cause, TIMEOUTS)
