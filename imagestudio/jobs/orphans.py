"""Pictures whose process ended, or whose database was locked, before they were recorded: given to their jobs.

A result's id follows from its job, call and position, so whoever knows the job finds the file.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from imagestudio.core.errors import ProviderFailed
from imagestudio.core.ids import derived_id
from imagestudio.core.job import CallRecord, Job, StoredFile
from imagestudio.core.messages import Message
from imagestudio.jobs.payers import key_name
from imagestudio.providers import LINES
from imagestudio.store.files import Files
from imagestudio.store.jobs import LOST_CALLS, JobStore

log = logging.getLogger(__name__)

POSITIONS = range(10)
"""More pictures than a call of any model brings."""


class Orphans:
    """The pictures on the disk that no record names."""

    def __init__(self, store: JobStore, files: Files, clock: Callable[[], float]) -> None:
        self._store = store
        self._files = files
        self._clock = clock

    async def adopt(self, job: Job) -> Job:
        """The job with what lies on the disk for its calls that came to nothing."""
        adopted = False
        for call in job.calls:
            if call.state in LOST_CALLS and (found := await self._found(job, call)):
                adopted = (
                    await self._store.adopt(call, found, **_ending(job, found, self._clock())) or adopted
                )
        if not adopted:
            return job
        log.warning("job %s has the pictures that had come for it and were not recorded", job.id)
        return await self._store.get(job.id) or job

    async def _found(self, job: Job, call: CallRecord) -> list[StoredFile]:
        found = []
        for position in POSITIONS:
            file_id = derived_id(job.id, call.position, position)
            if any(file.id == file_id for file in job.files):
                continue
            if file := await self._files.find(file_id, job.owner, self._clock()):
                found.append(replace(file, job_id=job.id, call=call.position, position=position))
        return found

    async def adopt_all(self) -> None:
        """Give every orphan to its job, where that has ended, and name in the log those that have none. They
        are left alone: a person may want them."""
        orphans = await self._unknown()
        if not orphans:
            return
        ids = {PurePosixPath(name).stem for name in orphans}
        lost = {
            job_id
            for job_id, call in await self._store.list_lost_calls()
            if any(derived_id(job_id, call, position) in ids for position in POSITIONS)
        }
        for job_id in sorted(lost):
            if (job := await self._store.get(job_id)) and job.ended:
                await self.adopt(job)
        if lost:
            orphans = await self._unknown()
        await self._name(sorted(orphans))

    async def _unknown(self) -> set[str]:
        return await self._files.names() - await self._store.file_names()

    async def _name(self, orphans: list[str]) -> None:
        if orphans and not await self._store.file_names():
            log.warning(
                "The database knows none of the %d pictures in %s. If it was lost, stop and restore a backup "
                "into an empty data folder (imagestudio restore).",
                len(orphans),
                self._files.root,
            )
        elif orphans:
            log.warning("%d files belong to no job: %s", len(orphans), ", ".join(orphans[:20]))


def _ending(job: Job, found: list[StoredFile], at: float) -> dict[str, Any]:
    """What becomes of the call."""
    ended: dict[str, Any] = {"charged": "yes", "finished_at": at}
    if any(file.kind == "result" for file in found):
        return {**ended, "state": "succeeded", "error": None}
    title = LINES[key_name(job)].title
    text = Message("run.no_picture", title=title, money=Message("money.yes"))
    return {**ended, "state": "failed", "error": ProviderFailed(text, charged="yes").failure}
