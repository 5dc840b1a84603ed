"""Whether the studio can serve: it writes where it must be able to, and says what it could not."""

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Literal

from imagestudio.core.data_dir import free_bytes, try_to_write
from imagestudio.store.database import Database

Part = Literal["database", "data_folder", "space"]
KNOWN_S = 2.0
"""Seconds that an answer counts: however many ask, the disk is written to once."""
PATIENCE_S = 5.0
"""Seconds that a write may take."""


class Readiness:
    """Tries, for whoever asks."""

    def __init__(self, database: Database, data: Path, min_free_bytes: float) -> None:
        self._database = database
        self._data = data
        self._min_free_bytes = min_free_bytes
        self._turn = asyncio.Lock()
        self._missing: tuple[Part, ...] = ()
        self._tried_at: float | None = None

    async def missing(self) -> tuple[Part, ...]:
        """What does not work now; nothing where all does."""
        async with self._turn:
            if self._tried_at is None or time.monotonic() - self._tried_at >= KNOWN_S:
                self._missing = await self._try()
                self._tried_at = time.monotonic()
            return self._missing

    async def _try(self) -> tuple[Part, ...]:
        works: dict[Part, bool] = {
            "database": await _within(self._database.try_to_write()),
            "data_folder": await _within(asyncio.to_thread(try_to_write, self._data)),
            "space": await _within(asyncio.to_thread(self._has_space)),
        }
        return tuple(part for part, good in works.items() if not good)

    def _has_space(self) -> bool:
        try:
            return free_bytes(self._data) >= self._min_free_bytes
        except OSError:
            return False


async def _within(attempt: Coroutine[Any, Any, bool]) -> bool:
    try:
        return await asyncio.wait_for(attempt, PATIENCE_S)
    except TimeoutError:
        return False
