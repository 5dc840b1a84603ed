"""Which cookies count no more, though they are signed and young: their session was ended."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from imagestudio.access.cookie import YEAR_S, Session
from imagestudio.core.units import DAY_S
from imagestudio.store.sessions import EVERYBODY, EndedSessions

FRESH_S = 3.0
"""Seconds that what was read from the database counts: what another process ended counts that long."""
OVERLAP_S = 60.0
"""What is read again each time: two processes' changes may come in another order than their moments."""


class SessionEnds:
    """What was ended, read once in some seconds, whoever asks; of all that there is only what is new."""

    def __init__(self, ended: EndedSessions, clock: Callable[[], float]) -> None:
        self._ended = ended
        self._clock = clock
        self._moments: dict[str, float] = {}
        self._read_at: float | None = None
        self._forgot_at: float | None = None
        self._lock = asyncio.Lock()

    async def living(self, session: Session | None) -> Session | None:
        """A session as it counts: not at all, or without the API key that it held."""
        if session is None:
            return None
        moments = await self._current()
        if f"session:{session.id}" in moments or session.given_at <= moments.get(EVERYBODY, 0.0):
            return None
        if session.key is not None and session.given_at <= moments.get(session.key, 0.0):
            return replace(session, key=None, set=True)
        return session

    async def is_living(self, owner: str, since: float) -> bool:
        """Whether a login of that moment counts."""
        moments = await self._current()
        return since > max(moments.get(owner, 0.0), moments.get(EVERYBODY, 0.0))

    async def end(self, *subjects: str) -> None:
        """End sessions; see `store/sessions.py` for subjects."""
        now = self._clock()
        for subject in subjects:
            await self._ended.end(subject, now)
            self._moments[subject] = now

    async def _current(self) -> dict[str, float]:
        if not self._is_fresh():
            async with self._lock:
                if not self._is_fresh():
                    await self._read()
        return self._moments

    async def _read(self) -> None:
        now = self._clock()
        if self._forgot_at is None or now - self._forgot_at > DAY_S:
            self._forgot_at = now
            await self._ended.forget(now - YEAR_S)
        latest = max(self._moments.values(), default=0.0)
        self._moments |= await self._ended.since(latest - OVERLAP_S)
        self._read_at = now

    def _is_fresh(self) -> bool:
        return self._read_at is not None and 0 <= self._clock() - self._read_at < FRESH_S
