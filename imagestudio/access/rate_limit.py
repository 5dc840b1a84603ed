"""How often somebody may call: so many times in any sixty seconds.

Counted in the memory of this process: a second process counts for itself, and a restart forgives.
"""

import math
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal

from imagestudio.core.errors import RateLimited
from imagestudio.core.messages import Message
from imagestudio.core.visitor import Caps, Visitor

WINDOW_S = 60.0
PER_ADDRESS = 5
"""Visitors' worth of calls that one address may make: an office shares one, and so do a crowd's sessions,
which cost nothing to make."""
UNPROVEN = ("session", "nobody")
WRITING = ("POST", "PUT", "PATCH", "DELETE")
DOORS = re.compile(r"/gradio_api/|/visitor/")
COUNTED_READS = ("/", "/config", "/gradio_api/info")
READS = re.compile(r"/visitor(?!/files/)|/gradio_api/queue/data|/openapi\.json|/docs")
"""What the page asks again and again: counted for itself. Static files, pictures and health are not."""
READ_TIMES = 20
"""Such reads that go into one call of a limit."""
DOOR_TIMES = 3
"""Requests at a door that go into one call of a limit: to each run of the page or an agent there are several.
The runs themselves are counted as calls (`ui/callers.py`)."""
KeyKind = Literal["provider", "studio"]
KEY_KINDS: tuple[KeyKind, ...] = ("provider", "studio")
KEY_CHECKS, KEY_CHECKS_PER_ADDRESS = 5, 6
"""Times a minute that a visitor may have keys tried, and visitors' worth of these for one address."""
NETWORK_BITS = 64
"""Of an IPv6 address: one customer has them all."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a limit leaves after a call, or that it left nothing for it."""

    limit: int
    remaining: int
    reset_s: float
    """Seconds until there is room for one more than now."""
    refused: bool = False

    def headers(self) -> dict[str, str]:
        """What every answer says of it."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(math.ceil(self.reset_s)),
        }

    def refusal(self) -> RateLimited:
        """Why a call was refused."""
        wait = max(1, math.ceil(self.reset_s))
        return RateLimited(
            Message("access.too_often", limit=self.limit, wait=wait),
            retry_after=wait,
        )


class RateLimiter:
    """A sliding window for each owner and, for whoever has only a session, one for their address.

    `a_minute` is the limit of everybody who has none of their own; None where there is none. `times` is how
    many of what is counted go into one of these. `clock` is monotonic.
    """

    def __init__(
        self,
        a_minute: int | None,
        clock: Callable[[], float],
        *,
        times: int = 1,
        per_address: int = PER_ADDRESS,
    ) -> None:
        self._a_minute = None if a_minute is None else a_minute * times
        self._times = times
        self._per_address = per_address
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}
        self._tidied_at = clock()

    def take(self, visitor: Visitor, address: str | None) -> Allowance | None:
        """Count a call; None where no limit holds for it. A refused one is not counted."""
        now = self._clock()
        self._tidy(now)
        allowances = [self._look(name, limit, now) for name, limit in self._limits(visitor, address)]
        if not allowances:
            return None
        tightest = min(allowances, key=lambda allowance: (not allowance.refused, allowance.remaining))
        if not tightest.refused:
            for name, _ in self._limits(visitor, address):
                self._calls.setdefault(name, deque()).append(now)
        return tightest

    def _limits(self, visitor: Visitor, address: str | None) -> list[tuple[str, int]]:
        own = visitor.caps.requests_per_minute
        limit = self._a_minute if own is None else own * self._times
        is_known = visitor.kind != "nobody"
        limits = [(visitor.owner, limit)] if limit is not None and is_known else []
        if visitor.kind in UNPROVEN and address and self._a_minute is not None:
            limits.append((f"address {network_of(address)}", self._a_minute * self._per_address))
        return limits

    def _look(self, name: str, limit: int, now: float) -> Allowance:
        calls = self._calls.get(name, deque())
        while calls and now - calls[0] >= WINDOW_S:
            calls.popleft()
        if len(calls) < limit:
            first = calls[0] if calls else now
            return Allowance(limit, limit - len(calls) - 1, WINDOW_S - (now - first))
        # Where the limit was lowered meanwhile, several have to leave the window first.
        return Allowance(limit, 0, WINDOW_S - (now - calls[len(calls) - limit]), refused=True)

    def _tidy(self, now: float) -> None:
        """Forget whoever has not called for a minute, once a minute."""
        if now - self._tidied_at < WINDOW_S:
            return
        self._tidied_at = now
        self._calls = {
            name: calls for name, calls in self._calls.items() if calls and calls[-1] > now - WINDOW_S
        }


def network_of(address: str) -> str:
    """What one customer has of the internet: an IPv4 address, or the first half of an IPv6 one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, NETWORK_BITS), strict=False))
    return str(parsed)


def neighbourhood_of(address: str) -> str:
    """What somebody may have of whom `network_of` tells apart: 256 IPv4 addresses, a /48 of IPv6."""
    try:
        network = ip_network(network_of(address))
    except ValueError:
        return address
    return str(network.supernet(new_prefix=48 if network.version == 6 else 24))


class DoorLimits:
    """What is counted of requests that are not REST's, before they are served: those at the page's and the
    agents' doors, pictures to be converted, and keys to be tried, which would else be a way to find out which
    stolen key works."""

    def __init__(self, a_minute: int | None, clock: Callable[[], float]) -> None:
        self._doors = RateLimiter(a_minute, clock, times=DOOR_TIMES)
        self._reads = RateLimiter(a_minute, clock, times=READ_TIMES)
        self._conversions = RateLimiter(a_minute, clock, times=DOOR_TIMES)
        self._checks = {
            kind: RateLimiter(KEY_CHECKS, clock, per_address=KEY_CHECKS_PER_ADDRESS) for kind in KEY_KINDS
        }

    def take(self, method: str, path: str, visitor: Visitor, address: str | None) -> None:
        """Count a request. Raises `RateLimited` beyond the limit."""
        if DOORS.match(path) if method in WRITING else (path.rstrip("/") or "/") in COUNTED_READS:
            _refuse(self._doors.take(visitor, address))
        elif method not in WRITING and READS.match(path):
            _refuse(self._reads.take(visitor, address))

    def take_conversion(self, visitor: Visitor, address: str | None) -> None:
        """Count a picture that is about to be converted. Raises `RateLimited` beyond the limit."""
        _refuse(self._conversions.take(visitor, address))

    def take_key_check(self, kind: KeyKind, visitor: Visitor, address: str | None) -> None:
        """Count keys that are about to be tried. Raises `RateLimited` beyond the limit."""
        if visitor.kind != "local":
            _refuse(self._checks[kind].take(replace(visitor, caps=Caps()), address))


def _refuse(allowance: Allowance | None) -> None:
    if allowance and allowance.refused:
        raise allowance.refusal()
