"""A provider's gate: how many tasks may be under way, and whether it has asked everybody to wait."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0


class Gate:
    """Shared by all jobs of one provider, so that one refusal spares the provider the rest.

    After a pause one submit goes through; the others wait for its answer.
    """

    def __init__(self, places: int, now: Callable[[], float]) -> None:
        self.places = asyncio.Semaphore(places)
        self._now = now
        self._paused_until = 0.0
        self._refusals = 0
        self._probe = asyncio.Lock()
        self._open = asyncio.Event()
        self.reason = ""
        """What the provider said when it asked to wait; empty while the gate is open."""

    @property
    def paused_s(self) -> float:
        """Seconds that nothing is to be sent."""
        return max(0.0, self._paused_until - self._now())

    def refused(self, reason: str, retry_after: float | None = None) -> None:
        """The provider asked to wait: for as long as it said, else twice as long as the last time."""
        pause = retry_after or min(FIRST_PAUSE_S * 2**self._refusals, LONGEST_PAUSE_S)
        self._refusals += 1
        self._paused_until = max(self._paused_until, self._now() + pause)
        self.reason = reason
        self._open.clear()

    def accepted(self) -> None:
        """The provider took something: open again."""
        self._refusals = 0
        self._paused_until = 0.0
        self.reason = ""
        self._open.set()

    @asynccontextmanager
    async def passage(self, waiting: Callable[[str], None]) -> AsyncIterator[None]:
        """Wait until something may be sent, then send it inside the block and tell its answer to
        `refused` or `accepted`. `waiting` is told why there is a wait."""
        if self.reason:
            waiting(self.reason)
            async with self._probe:
                while self.reason and (pause := self.paused_s):
                    with suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await self._open.wait()
                if self.reason:
                    yield
                    return
        yield
