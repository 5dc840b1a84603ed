"""The studio's beginning and end."""

import asyncio

from imagestudio.jobs.maintenance import Maintenance
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.worker import Worker
from imagestudio.store.database import Database
from imagestudio.store.files import Files

DRAIN_S = 8.0
"""At the end, how long submits under way may take to their answers."""


class Lifespan:
    """Open it before use, close it after."""

    def __init__(
        self, *, database: Database, files: Files, worker: Worker, maintenance: Maintenance, hub: ProgressHub
    ) -> None:
        self._database = database
        self._files = files
        self._worker = worker
        self._maintenance = maintenance
        self._hub = hub
        self._left_at: float | None = None

    async def open(self) -> None:
        """Make the schema current and take up what an earlier process left."""
        await self._database.open()
        await self._files.open()
        await self._maintenance.open()

    def leave(self) -> None:
        """The process is to end: whoever waits for a job gets it as it stands, and those under way have
        `DRAIN_S` from now."""
        self._left_at = asyncio.get_running_loop().time()
        self._hub.wake_all()

    async def close(self) -> None:
        """Stop. Submits under way come to their answers first; tickets are polled on at the next start."""
        now = asyncio.get_running_loop().time()
        await self._maintenance.close()
        await self._worker.stop(DRAIN_S - (now - (self._left_at or now)))
        await self._database.close()
