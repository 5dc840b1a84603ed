"""Turns at what visitors share: decoding processes, a provider's slots, look-ups, threads.

Each turn goes to the party that has waited longest since its last one, within it to such a network, and to
such an owner. What is paid goes before what is free. Nobody waits for ever, and no party of guests takes all
places or fills the waiting room.
"""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.messages import Message

RETRY_S = 5
NEIGHBOURHOOD = 16
"""First characters of a network's name: those of all networks beside it are the same."""
PATIENCE_S, PAID_PATIENCE_S = 20.0, 120.0
"""Longest waits for a turn, as a rule."""
PART = 3 / 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who waits for a turn."""

    owner: str
    network: str = ""
    """Where a guest comes from: owners cost a guest nothing. Empty for all others, who are told apart by
    owner alone."""
    paid: bool = False

    @property
    def party(self) -> str:
        """Who takes turns with all others: a neighbourhood of guests' networks, or an owner."""
        return self.network[:NEIGHBOURHOOD] or self.owner

    @property
    def patience_s(self) -> float:
        """The longest wait, as a rule. Who has paid may come with many at once."""
        return PAID_PATIENCE_S if self.paid else PATIENCE_S


STUDIO = Asker("studio")
"""The studio itself, with what nobody waits for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Wait:
    asker: Asker
    granted: asyncio.Future[None]


class Turns:
    """`places` may be taken at once, a `part` of them by a party of guests. Whoever has not paid and finds
    `room` others waiting who have not, or a quarter of these of their own party, is refused."""

    def __init__(self, places: int, *, room: float = math.inf, part: float = PART) -> None:
        self._free = places
        self._most_of_party = max(1, int(places * part))
        self._room = room
        self._stamps = count()
        self._waiting: list[_Wait] = []
        self._taken: Counter[str] = Counter()
        self._since: dict[tuple[str, ...], int] = {}
        """When parties, and owners in them, had their last turn or began to wait."""

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, asker: Asker, longest_s: float | None = None) -> AsyncIterator[None]:
        """Have a place in the block. Raises `ModelUnavailable` where there is none within `longest_s`."""
        await self._enter(asker, longest_s)
        try:
            yield
        finally:
            self._leave(asker)

    async def hold(
        self, asker: Asker, start: Callable[[], Awaitable[T]], longest_s: float | None = None
    ) -> T:
        """What is started once there is a place, which is held until it has ended, whoever still waits for
        it: a thread, say, that can't be stopped. Raises as `turn` does."""
        await self._enter(asker, longest_s)
        try:
            under_way = asyncio.ensure_future(start())
        except BaseException:
            self._leave(asker)
            raise
        under_way.add_done_callback(lambda _: self._leave(asker))
        try:
            return await asyncio.shield(under_way)
        finally:
            del under_way  # its error's trace would keep this frame, and so itself and what it failed on

    async def _enter(self, asker: Asker, longest_s: float | None) -> None:
        wait = _Wait(asker, asyncio.get_running_loop().create_future())
        self._waiting.append(wait)
        for name in _names(asker):
            self._since.setdefault(name, next(self._stamps))
        self._grant()
        try:
            if wait in self._waiting:
                self._refuse_crowd(asker)
            async with asyncio.timeout(longest_s):
                await wait.granted
        except BaseException as error:
            if wait in self._waiting:
                self._forget(wait)
            else:  # it was granted while whoever asked was leaving
                self._leave(asker)
            if isinstance(error, TimeoutError):
                raise busy() from None
            raise

    def _refuse_crowd(self, asker: Asker) -> None:
        unpaid = [wait.asker for wait in self._waiting if not wait.asker.paid]
        of_party = sum(other.party == asker.party for other in unpaid)
        is_full = len(unpaid) > self._room or (asker.network and of_party > self._room / 4)
        if is_full and not asker.paid:
            raise busy()

    def _leave(self, asker: Asker) -> None:
        self._free += 1
        self._taken[asker.party] -= 1
        self._taken += Counter()  # drops those that are 0
        self._grant()

    def _grant(self) -> None:
        while self._free and (able := [wait for wait in self._waiting if self._may_enter(wait)]):
            first = min(able, key=self._order)  # of equals, the one that came first
            for name in _names(first.asker):
                self._since[name] = next(self._stamps)
            self._forget(first)
            self._free -= 1
            self._taken[first.asker.party] += 1
            first.granted.set_result(None)

    def _may_enter(self, wait: _Wait) -> bool:
        if wait.granted.done():  # canceled, and not told so yet
            return False
        return not wait.asker.network or self._taken[wait.asker.party] < self._most_of_party

    def _order(self, wait: _Wait) -> tuple[bool, list[int]]:
        return not wait.asker.paid, [self._since[name] for name in _names(wait.asker)]

    def _forget(self, wait: _Wait) -> None:
        self._waiting.remove(wait)
        left = {name for other in self._waiting for name in _names(other.asker)}
        for name in _names(wait.asker):
            if name not in left:
                del self._since[name]


class SharedThreads:
    """Threads for work whose size strangers choose, in turns. The loop's own pool stays free for files."""

    def __init__(self, threads: int, name: str, *, room: float, part: float = PART) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._turns = Turns(threads, room=room, part=part)

    async def run(self, asker: Asker, work: Callable[[], T], longest_s: float | None = None) -> T:
        """What blocking `work` gives. Raises as `turn` does, and what `work` raises."""

        def start() -> asyncio.Future[T]:
            return asyncio.get_running_loop().run_in_executor(self._threads, work)

        return await self._turns.hold(asker, start, asker.patience_s if longest_s is None else longest_s)

    def close(self) -> None:
        """Let the threads end, without waiting for a stuck one."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _names(asker: Asker) -> tuple[tuple[str, ...], ...]:
    return (asker.party,), (asker.party, asker.network), (asker.party, asker.network, asker.owner)


def busy() -> ModelUnavailable:
    """What is said where others are before whoever asks."""
    return ModelUnavailable(Message("turns.busy"), reason="busy", retryAfter=RETRY_S, charged="no")
