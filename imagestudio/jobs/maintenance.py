"""How the studio begins and ends, and what is done again and again between: leases are renewed, lost jobs
taken up, unstored pictures fetched again, webhooks delivered, the disk kept within its limits."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from imagestudio.core.log import log_fault
from imagestudio.jobs.look_again import Reopener
from imagestudio.jobs.orphans import Orphans
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.webhooks.delivery import Webhooks
from imagestudio.jobs.worker import Worker
from imagestudio.store.database import Database
from imagestudio.store.durations import DurationStore
from imagestudio.store.files import Files
from imagestudio.store.leases import Leases
from imagestudio.store.retention import Retention

log = logging.getLogger(__name__)

RENEW_S, TAKE_UP_S, FETCH_AGAIN_S, SAVE_S, DELIVER_S, RETENTION_S = 5.0, 5.0, 5.0, 30.0, 1.0, 60.0
STILL_THERE_S = 3600.0
"""How long an unstored picture is fetched again: fal keeps results about an hour, Black Forest Labs less."""
DRAIN_S = 8.0
"""At the end, how long submits under way may take to their answers."""


class Maintenance:
    """The background work of one process."""

    def __init__(
        self,
        *,
        orphans: Orphans,
        leases: Leases,
        durations: DurationStore,
        worker: Worker,
        reopener: Reopener,
        webhooks: Webhooks,
        retention: Retention,
        alone: bool,
        clock: Callable[[], float],
    ) -> None:
        self._orphans = orphans
        self._leases = leases
        self._durations = durations
        self._worker = worker
        self._reopener = reopener
        self._webhooks = webhooks
        self._retention = retention
        self._alone = alone
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Take up what an earlier process left, then go on in the background."""
        await self._durations.open()
        if self._alone:
            await self._leases.release_all()
        await self._worker.take_up()
        self._tasks += [asyncio.create_task(self._adopt()), asyncio.create_task(self._clear())]
        for what, every_s in (
            (self._worker.renew, RENEW_S),
            (self._worker.take_up, TAKE_UP_S),
            (self._fetch_again, FETCH_AGAIN_S),
            (self._durations.save, SAVE_S),
            (self._deliver, 0.0),
            (self._retention.run, RETENTION_S),
        ):
            self._tasks.append(asyncio.create_task(_repeat(what, every_s)))

    async def _deliver(self) -> None:
        await self._webhooks.wait(DELIVER_S)
        await self._webhooks.deliver_due()

    async def _adopt(self) -> None:
        try:
            await self._orphans.adopt_all()
        except Exception as error:
            log_fault(error, task="Pictures that were not recorded could not be given to their jobs")

    async def _clear(self) -> None:
        await self._retention.delete_marked()
        await self._retention.run()

    async def close(self) -> None:
        """Stop, and keep what was learnt."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._webhooks.close()
        try:
            await self._durations.save()
        except Exception as error:  # a start that failed ends by its own reason
            log.warning("How long models take could not be saved: %s", type(error).__name__)

    async def _fetch_again(self) -> None:
        await self._reopener.fetch_again(self._clock() - STILL_THERE_S)


async def _repeat(what: Callable[[], Awaitable[Any]], every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            await what()
        except Exception as error:
            log_fault(error, task="Background work failed; it is tried again")


class Lifespan:
    """Open it before use, close it after."""

    def __init__(
        self,
        *,
        database: Database,
        files: Files,
        worker: Worker,
        maintenance: Maintenance,
        hub: ProgressHub,
        alone: bool,
    ) -> None:
        self._database = database
        self._files = files
        self._worker = worker
        self._maintenance = maintenance
        self._hub = hub
        self._alone = alone
        self._left_at: float | None = None

    async def open(self) -> None:
        """Make the schema current and take up what an earlier process left. Raises `UnusableData`."""
        await self._database.open()
        with self._database.explaining():
            await self._files.open(alone=self._alone)
            await self._maintenance.open()

    def leave(self) -> None:
        """The process is to end: whoever waits for a job gets it as it stands, and those under way have
        `DRAIN_S` from now."""
        self._left_at = asyncio.get_running_loop().time()
        self._hub.wake_all()

    async def close(self) -> None:
        """Stop. Submits under way come to their answers first; tickets are polled on at the next start."""
        loop = asyncio.get_running_loop()
        grace_s = DRAIN_S - (loop.time() - (self._left_at or loop.time()))
        # Whoever locks the database may hold it for longer than this process is given to end.
        loop.call_later(grace_s, self._database.stop_waiting)
        try:
            await self._maintenance.close()
        finally:  # the database may be what fails: the rest ends all the same
            try:
                await self._worker.stop(grace_s)
            finally:
                await self._database.close()
