"""Thumbnails of new pictures, made while nothing else is to do, and what is found out about them then."""

import asyncio
from collections import deque
from dataclasses import replace

from imagestudio.core.errors import NotFound
from imagestudio.core.log import log_fault
from imagestudio.core.messages import Message
from imagestudio.core.turns import STUDIO
from imagestudio.jobs.progress import ProgressHub
from imagestudio.store.jobs import JobStore
from imagestudio.store.thumbnails import Thumbnails

QUIET_S = 1.0
"""Between a look and the next whether anybody needs the processor more."""
MOST = 1000
"""Jobs that wait. Whoever has the most is forgotten first; these thumbnails are made when somebody looks."""


class ThumbnailQueue:
    """Works only while jobs are at hand and nothing runs; costs nothing else. Parties take turns."""

    def __init__(
        self, store: JobStore, thumbnails: Thumbnails, hub: ProgressHub, quiet_s: float = QUIET_S
    ) -> None:
        self._store = store
        self._thumbnails = thumbnails
        self._hub = hub
        self._quiet_s = quiet_s
        self._jobs: dict[str, deque[str]] = {}
        """By party, the one whose turn is next first."""
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def put(self, job_id: str, party: str) -> None:
        """A job of a party, as `Asker` names it, has come to its end."""
        self._jobs.setdefault(party, deque()).append(job_id)
        if sum(map(len, self._jobs.values())) > MOST:
            self._take(max(self._jobs, key=lambda one: len(self._jobs[one])))
        if not self._closed and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._work(), name="thumbnails")

    async def aclose(self) -> None:
        """Stop. What is not made yet is made when somebody looks."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while self._jobs:
            await asyncio.sleep(self._quiet_s)
            while self._jobs and self._hub.idle and self._thumbnails.idle:
                try:
                    await self._make(self._take(next(iter(self._jobs))))
                except Exception as error:
                    log_fault(error, task="A thumbnail was not made; it is made when somebody looks")

    def _take(self, party: str) -> str:
        """The party's first job; what it has left comes after all others'."""
        jobs = self._jobs.pop(party)
        job_id = jobs.popleft()
        if jobs:
            self._jobs[party] = jobs
        return job_id

    async def _make(self, job_id: str) -> None:
        if (job := await self._store.get(job_id)) is None:
            return
        for file in job.pictures:
            try:
                await self._thumbnails.thumbnail(file, replace(STUDIO, paid=job.payer != "nobody"))
            except NotFound:
                if why := self._thumbnails.error(file):
                    await self._warn(job_id, Message("file.kept_as_it_came", why=why, file=file.id))

    async def _warn(self, job_id: str, warning: Message) -> None:
        """The picture is paid for, so it stays; whoever looks at the job from now on is told."""
        job = await self._store.get(job_id)
        if job is not None and warning not in job.warnings:
            await self._store.set_warnings(job_id, [*job.warnings, warning])
