"""Which addresses speak for others, and whether they say for whom."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from imagestudio.core.visitor import Visitor

FORWARDED_FOR = "x-forwarded-for"
SEVERAL = 3
"""Visitors of one address: a machine of its own has one or two browsers."""
MOST_WATCHED = 100

log = logging.getLogger(__name__)


def proxies(trusted: str) -> Callable[[str], bool]:
    """Which addresses speak for others, as uvicorn reads FORWARDED_ALLOW_IPS."""
    served: Any = Response()  # by nobody: only the middleware's list is read
    known = ProxyHeadersMiddleware(served, trusted_hosts=trusted).trusted_hosts
    return lambda address: address in known


class SilentProxies:
    """Warns, once for an address, of one that counts as a proxy and does not say whose requests it sends:
    what is limited by address is limited for all of them together. Or it is no proxy at all, and then anybody
    behind it who does send the header gives the address that they like."""

    def __init__(self, trusted: str) -> None:
        self._is_proxy = proxies(trusted)
        self._visitors: dict[str, set[str]] = {}

    def look(self, headers: Mapping[str, str], address: str | None, visitor: Visitor) -> None:
        """See one request."""
        if (
            visitor.kind != "session"
            or not address
            or FORWARDED_FOR in headers
            or not self._is_proxy(address)
        ):
            return
        if address not in self._visitors and len(self._visitors) >= MOST_WATCHED:
            return
        seen = self._visitors.setdefault(address, set())
        if len(seen) >= SEVERAL:
            return
        seen.add(visitor.owner)
        if len(seen) == SEVERAL:
            log.warning(
                "FORWARDED_ALLOW_IPS: %s counts as a proxy and sends several visitors without "
                "X-Forwarded-For. They count as one for every limit by address, and any of them who sends "
                "that header counts as whoever it names. Let the proxy set it, or name your proxies only.",
                address,
            )
