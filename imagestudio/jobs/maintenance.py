"""What is done again and again: leases renewed, lost jobs taken up, unstored pictures fetched again,
webhooks delivered, the disk kept within its limits."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import SecretStr

from imagestudio.core.job import OWN
from imagestudio.core.log import log_fault
from imagestudio.jobs.job_keys import JobKeys
from imagestudio.jobs.webhooks.delivery import Webhooks
from imagestudio.jobs.worker import Worker
from imagestudio.store.durations import DurationStore
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases
from imagestudio.store.retention import Retention

log = logging.getLogger(__name__)

RENEW_S, TAKE_UP_S, FETCH_AGAIN_S, SAVE_S, DELIVER_S, RETENTION_S = 5.0, 5.0, 5.0, 30.0, 1.0, 60.0
STILL_THERE_S = 3600.0
"""How long an unstored picture is fetched again: fal keeps results about an hour, Black Forest Labs less."""


class Maintenance:
    """The background work of one process."""

    def __init__(
        self,
        *,
        store: JobStore,
        files: Files,
        leases: Leases,
        durations: DurationStore,
        worker: Worker,
        keys: JobKeys,
        webhooks: Webhooks,
        retention: Retention,
        alone: bool,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._files = files
        self._leases = leases
        self._durations = durations
        self._worker = worker
        self._keys = keys
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
        self._tasks += [asyncio.create_task(self._list_orphans()), asyncio.create_task(self._clear())]
        for what, every_s in (
            (self._worker.renew, RENEW_S),
            (self._worker.take_up, TAKE_UP_S),
            (self._fetch_again, FETCH_AGAIN_S),
            (self._durations.save, SAVE_S),
            (self._deliver, 0.0),
            (self._retention.run, RETENTION_S),
        ):
            self._tasks.append(asyncio.create_task(_again_and_again(what, every_s)))

    async def _deliver(self) -> None:
        await self._webhooks.rung(DELIVER_S)
        await self._webhooks.deliver_due()

    async def _list_orphans(self) -> None:
        """Name the files that no record knows, such as those of a process killed between the two. They are
        left alone: a person may want them."""
        if orphans := sorted(await self._files.names() - await self._store.file_names()):
            log.warning("%d files belong to no job: %s", len(orphans), ", ".join(orphans[:20]))

    async def _clear(self) -> None:
        await self._retention.finish()
        await self._retention.run()

    async def close(self) -> None:
        """Stop, and keep what was learnt."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._webhooks.close()
        await self._durations.save()

    async def look_again(self, job_id: str, key: SecretStr | None = None, *, quietly: bool = False) -> None:
        """Follow a job's tickets once more, with the key that it is lent for that. What can't be taken now,
        the next round takes."""
        sealed = None if quietly else self._keys.seal(job_id, key)
        if not await self._store.reopen(job_id, quietly=quietly, sealed=sealed):
            return
        if (held := await self._leases.claim(job_id, self._clock())) is not None:
            self._keys.hold(job_id, key)
            self._worker.take(held, None)

    async def _fetch_again(self) -> None:
        since = self._clock() - STILL_THERE_S
        for job in await self._store.list_unstored(since, self._leases.payers):
            key = self._keys.of(job) if job.payer in OWN else None
            if key is None and job.payer in OWN:
                continue  # its owner can look at it again with the key
            # Quietly: while the disk is full, the job would begin and fail once in some seconds.
            await self.look_again(job.id, key, quietly=True)


async def _again_and_again(what: Callable[[], Awaitable[Any]], every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            await what()
        except Exception as error:
            log_fault(error, task="Background work failed; it is tried again")
