"""How one provider is spared: whether it has asked everybody to wait."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from imagestudio.core.messages import Message

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
LONGEST_WAIT_S = 30.0
"""Nobody waits out a pause that is longer: that is answered at once."""


class ThrottleOpen(Exception):
    """The provider is left alone for longer than anybody waits, so nothing was sent."""


class Throttle:
    """Shared by all jobs of one provider, so that one refusal spares the provider the rest.

    After a pause one submit goes through; the others wait for its answer.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._paused_until = 0.0
        self._refusals = 0
        self._probe = asyncio.Lock()
        self._open = asyncio.Event()
        self.reason: Message | None = None
        """What those who wait are told, whoever they are; None while nothing is held back."""

    @property
    def paused_s(self) -> float:
        """Seconds that nothing is to be sent."""
        return max(0.0, self._paused_until - self._now())

    def record_refusal(self, reason: Message, retry_after: float | None = None) -> None:
        """The provider asked to wait: for as long as it said, else twice as long as the last time."""
        pause = retry_after or min(FIRST_PAUSE_S * 2**self._refusals, LONGEST_PAUSE_S)
        self._refusals += 1
        self._paused_until = max(self._paused_until, self._now() + pause)
        self.reason = reason
        self._open.clear()

    def record_success(self) -> None:
        """The provider took something: open again."""
        self._refusals = 0
        self._paused_until = 0.0
        self.reason = None
        self._open.set()

    @asynccontextmanager
    async def acquire(
        self, waiting: Callable[[Message], None], until: float | None = None
    ) -> AsyncIterator[None]:
        """Wait until something may be sent, then send it inside the block and record its answer. `waiting` is
        told why there is a wait. Raises `ThrottleOpen` where it lasts beyond `until`, by the event loop's
        clock, or would be long."""
        if not self.reason:
            yield
            return
        async with AsyncExitStack() as turn:
            try:
                async with asyncio.timeout_at(until):
                    self._refuse_long()
                    waiting(self.reason)
                    await turn.enter_async_context(self._probe)
                    await self._pause_over()
            except TimeoutError:
                raise ThrottleOpen from None
            if not self.reason:  # open: nobody has to try for the others
                await turn.aclose()
            yield

    async def _pause_over(self) -> None:
        while self.reason and (pause := self.paused_s):
            self._refuse_long()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._open.wait()

    def _refuse_long(self) -> None:
        if self.paused_s > LONGEST_WAIT_S:
            raise ThrottleOpen
