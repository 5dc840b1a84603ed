"""Connections have a bound, in all and for one address, and deadlines for their headers and bodies: strangers
who hold them open without a word keep nobody out.

Relies on `H11Protocol` of uvicorn: `conn`, `flow.read_paused`, `timeout_keep_alive_task`, `transport`.
"""

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 2_000
"""Connections at a time, where the process may have so many descriptors."""
MOST_OF_ONE = 250
"""Of one address: an office's browsers keep six each, and streams. A proxy's are everybody's: not counted."""
SPARE = 200
"""Descriptors that are for the database, pictures and providers."""
HEADER_S = 10.0
BODY_S = 30.0
"""Seconds that a body may take, and longer as it comes: `BODY_RATE`."""
BODY_RATE = 4_000
"""Bytes a second that a body comes with at least, in the end."""
LOOK_S = 2.0
FEW_DESCRIPTORS, MANY_DESCRIPTORS = 4_096, 65_536

log = logging.getLogger(__name__)


def raise_descriptors() -> int:
    """As many descriptors as this process may have; how many these are. Warns of few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MANY_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    most = MANY_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
    if most < FEW_DESCRIPTORS:
        log.warning(
            "this process may have %d open files and connections. Allow it %d or more: `ulimit -n`, or "
            "`ulimits: nofile` of a container.",
            most,
            FEW_DESCRIPTORS,
        )
    return most


class Connections:
    """Those of one server. `is_proxy` tells an address whose connections are other people's."""

    def __init__(
        self,
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
        *,
        is_proxy: Callable[[str], bool] = lambda address: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._is_proxy = is_proxy
        self._clock = clock
        self._open: dict[GuardedProtocol, None] = {}
        self._by_address: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: "GuardedProtocol", address: str) -> bool:
        """Whether there is room for one more. One that idles after its request gives way."""
        if not self._is_proxy(address) and self._by_address[address] >= self._most_of_one:
            return False
        if len(self._open) >= self._most:
            idle = next((one for one in self._open if one.is_idle()), None)
            if idle is None:
                return False
            idle.end()
        self._open[connection] = None
        self._by_address[address] += 1
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        return True

    def remove(self, connection: "GuardedProtocol", address: str) -> None:
        """It is closed."""
        if connection in self._open:
            del self._open[connection]
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    def now(self) -> float:
        """By the monotonic clock."""
        return self._clock()

    def end_late(self) -> None:
        """End those whose headers or body take too long."""
        now = self._clock()
        for connection in [one for one in self._open if one.is_late(now)]:
            connection.end()

    def _look(self) -> None:
        self.end_late()
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look) if self._open else None


class GuardedProtocol(H11Protocol):
    """A connection that is counted, and ended when it is late."""

    def __init__(self, *args: Any, connections: Connections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._all = connections
        self._address = ""
        self._phase: object = None
        self._since = 0.0
        self._received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._since = self._all.now()
        self._phase = self._phase_now()
        if not self._all.add(self, self._address):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._all.remove(self, self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        waited = self.is_idle()
        super().data_received(data)
        phase = self._phase_now()
        if waited or phase != self._phase:
            self._phase, self._since, self._received = phase, self._all.now(), 0
        self._received += len(data)

    def is_idle(self) -> bool:
        """Whether it has had its answer and sends nothing: `KEEP_ALIVE_S` is its deadline."""
        return self.timeout_keep_alive_task is not None

    def is_late(self, now: float) -> bool:
        """Whether what it is sending is overdue. What the studio does not read now is not."""
        if self.is_idle():
            return False
        state = str(self.conn.their_state)
        if state == "IDLE":
            return now - self._since > HEADER_S
        if state != "SEND_BODY":
            return False
        if self.flow.read_paused:
            self._since, self._received = now, 0
            return False
        return now - self._since > BODY_S + self._received / BODY_RATE

    def end(self) -> None:
        """Cut it off."""
        self.transport.abort()

    def _phase_now(self) -> object:
        return str(self.conn.their_state), id(self.cycle)


def guarded_protocol(connections: Connections) -> type[asyncio.Protocol]:
    """The protocol of a server whose connections these are."""

    class Guarded(GuardedProtocol):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, connections=connections, **kwargs)

    return Guarded
