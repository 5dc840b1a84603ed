"""How one provider is spared: whether it has asked everybody to wait."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from imagestudio.core.messages import Message

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
EMPTY_PAUSE_S = 5.0
"""Seconds until an account that had no credit is tried anew."""
LONGEST_WAIT_S = 30.0
"""Nobody waits out a pause that is longer: that is answered at once."""


class ThrottleOpen(Exception):
    """The provider is left alone for longer than anybody waits, so nothing was sent."""


class AccountEmpty(Exception):
    """The account behind the key has no credit, as another's submit was told, so nothing was sent."""


class Throttle:
    """Shared by all jobs of one provider, so that one refusal spares the provider the rest.

    After a pause one submit goes through; the others wait for its answer. The pause grows only where that one
    fails, too: what was under way together and broke together is one event.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._paused_until = 0.0
        self._refusals = 0
        self._pauses = 0
        """How often a pause began, over all time: what was sent before the latest one says nothing of now."""
        self._probe = asyncio.Lock()
        self._open = asyncio.Event()
        self.reason: Message | None = None
        """What those who wait are told, whoever they are; None while nothing is held back."""
        self.times_empty = 0
        """How often the account was found to have no credit."""

    @property
    def paused_s(self) -> float:
        """Seconds that nothing is to be sent."""
        return max(0.0, self._paused_until - self._now())

    def record_refusal(self, sent: int, reason: Message, retry_after: float | None = None) -> None:
        """The provider asked to wait: for as long as it said, else twice as long as the last time. `sent` is
        what `acquire` gave: submits under way together that fail together are one event."""
        pause = retry_after or 0.0
        if sent == self._pauses:
            pause = retry_after or min(FIRST_PAUSE_S * 2**self._refusals, LONGEST_PAUSE_S)
            self._refusals += 1
            self._pauses += 1
        elif not retry_after:
            return
        self._paused_until = max(self._paused_until, self._now() + pause)
        self.reason = reason
        self._open.clear()

    def record_empty(self, sent: int, reason: Message) -> None:
        """The account has no credit, and waiting gives it none: whoever waits by now is told. Of those who
        come later one tries anew, after a pause."""
        self.record_refusal(sent, reason, EMPTY_PAUSE_S)
        self.times_empty += 1
        self._open.set()  # wakes whoever waits out the pause
        self._open.clear()

    def record_success(self, sent: int) -> None:
        """The provider took something: open again, unless it asked to wait since that was sent."""
        if sent != self._pauses:
            return
        self._refusals = 0
        self._paused_until = 0.0
        self.reason = None
        self._open.set()

    @asynccontextmanager
    async def acquire(
        self,
        waiting: Callable[[Message], None],
        until: float | None = None,
        times_empty: int | None = None,
    ) -> AsyncIterator[int]:
        """Wait until something may be sent, then send it inside the block and record its answer, with what is
        given here: the number of pauses until now. `waiting` is told why there is a wait. Raises
        `ThrottleOpen` where it lasts beyond `until`, by the event loop's clock, or would be long;
        `AccountEmpty` where the account was found so since the caller began to wait, when `times_empty` was
        what is given, or since now."""
        if not self.reason:
            yield self._pauses
            return
        times_empty = self.times_empty if times_empty is None else times_empty
        async with AsyncExitStack() as turn:
            try:
                async with asyncio.timeout_at(until):
                    self._refuse_long()
                    waiting(self.reason)
                    await turn.enter_async_context(self._probe)
                    await self._pause_over(times_empty)
            except TimeoutError:
                raise ThrottleOpen from None
            if not self.reason:  # open: nobody has to try for the others
                await turn.aclose()
            yield self._pauses

    async def _pause_over(self, times_empty: int) -> None:
        while self.reason:
            if self.times_empty != times_empty:
                raise AccountEmpty
            if not (pause := self.paused_s):
                return
            self._refuse_long()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._open.wait()

    def _refuse_long(self) -> None:
        if self.paused_s > LONGEST_WAIT_S:
            raise ThrottleOpen
