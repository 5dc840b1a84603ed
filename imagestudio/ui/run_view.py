"""A run as the page shows it: from the submit, or from its id after a reload, to its ending.

Closing the page ends the watching only: the job runs on in the studio.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from imagestudio.core.errors import NotFound, StudioError
from imagestudio.core.job import Job, Offer, Progress
from imagestudio.core.log import log_fault
from imagestudio.core.request import Task
from imagestudio.jobs.document import job_document
from imagestudio.store.jobs import JobFilter
from imagestudio.studio.service import Studio, Upload
from imagestudio.ui import job_line as facts
from imagestudio.ui import price_html as money
from imagestudio.ui import result_html as results
from imagestudio.ui import status_html as status
from imagestudio.ui.locale import Texts


@dataclass(frozen=True, slots=True)
class RunView:
    """What the page shows of a run, as HTML. None leaves a part as it is."""

    status: str | None = None
    job_id: str | None = None
    results: str | None = None
    line: str | None = None
    details: str | None = None
    running: bool = False
    offers: Mapping[Offer, str] | None = field(default_factory=dict)
    """What can be done about the job, each with its button's label."""
    spent: str | None = None


RECENT = 20
"""Jobs that are looked through for one that runs."""
Stopping = dict[str, asyncio.Event]
"""The jobs that are being stopped, each with what is set once that is done."""


class Runs:
    """The page's view of the jobs of the visitor whose `studio` it is, in their language. All pages share
    `stopping`."""

    def __init__(
        self,
        studio: Studio,
        clock: Callable[[], float],
        origin: str,
        stopping: Stopping,
        texts: Texts,
        *,
        address: results.Address,
        count: Callable[[], None],
    ) -> None:
        self._studio = studio
        self._clock = clock
        self._origin = origin
        self._stopping = stopping
        self.texts = texts
        self._address = address
        self._count = count

    async def start(self, task: Task, fields: Mapping[str, Any], upload: Upload | None = None) -> RunView:
        """Submit. A refusal leaves the last picture where it is."""
        submit = partial(self._studio.submit, task, fields, upload=upload, origin=self._origin, fit=True)
        return await self._begin(submit, offers={})

    async def look_again(self, job_id: str) -> RunView:
        """Ask the provider what became of a job, free of charge."""
        return await self._begin(partial(self._studio.look_again, job_id), offers=None)

    async def run_again(self, job_id: str) -> RunView:
        """Run a job's request as a new job."""
        return await self._begin(partial(self._studio.run_again, job_id), offers=None)

    async def _begin(
        self, begin: Callable[[], Awaitable[Job]], offers: Mapping[Offer, str] | None
    ) -> RunView:
        """Count, begin, and how the job stands then: `watch` goes on from there. After a refusal the page has
        these offers; None keeps what it has."""
        try:
            self._count()
            begun = await begin()
        except StudioError as error:
            return RunView(status.refusal(error.failure, self.texts), offers=offers)
        except Exception as error:
            return RunView(status.refusal(log_fault(error).failure, self.texts), offers=offers)
        async with aclosing(self.watch(begun.id)) as views:
            return await anext(views)

    async def watch(self, job_id: str) -> AsyncGenerator[RunView]:
        """A job to its ending; nothing for one that the studio does not know."""
        studio, arrived = self._studio, -1
        try:
            async for job, progress in studio.watch(job_id):
                if job.ended:
                    yield await self._ended(studio, await self._stopped(studio, job))
                else:
                    # The frame, and then each picture as it comes.
                    yield await self._running(studio, job, progress, len(job.pictures) > arrived, arrived < 0)
                arrived = len(job.pictures)
        except NotFound:
            yield RunView("", job_id="", spent=await self._spent(studio))
        except Exception as error:
            yield RunView(status.refusal(log_fault(error).failure, self.texts))

    async def stop(self, job_id: str) -> RunView:
        """Stop a job, and say what that means for money."""
        try:
            job = await self._studio.job(job_id)
            return await self._ended(self._studio, await self._stop(job))
        except StudioError as error:
            return RunView(status.refusal(error.failure, self.texts))
        except Exception as error:
            return RunView(status.refusal(log_fault(error).failure, self.texts))

    async def _stop(self, job: Job) -> Job:
        stopped = self._stopping.setdefault(job.id, asyncio.Event())
        try:
            return await self._studio.cancel(job.id)
        finally:
            self._stopping.pop(job.id, None)
            stopped.set()

    async def _stopped(self, studio: Studio, job: Job) -> Job:
        """The job with all that its stop says: it has ended before the provider has answered."""
        if stopping := self._stopping.get(job.id):
            await stopping.wait()
            return await studio.job(job.id)
        return job

    async def unreadable(self, data: bytes) -> str:
        """Why a file can't be edited, as HTML; empty where it can."""
        try:
            await self._studio.check_picture(data)
        except StudioError as error:
            return status.refusal(error.failure, self.texts)
        return ""

    def refused(self, error: StudioError) -> RunView:
        """A refusal that keeps what the page shows."""
        return RunView(status.refusal(error.failure, self.texts))

    async def running_one(self, task: Task) -> str:
        """The newest job of the task that has not ended; empty where there is none."""
        recent = await self._studio.jobs(RECENT, filters=JobFilter(task=task))
        return next((job.id for job in recent if not job.ended), "")

    async def idle(self) -> RunView:
        """The page before any run."""
        return RunView(spent=await self._spent(self._studio))

    async def _spent(self, studio: Studio) -> str:
        return money.spent(await studio.balances(), self.texts, demo=studio.demo)

    async def _running(
        self, studio: Studio, job: Job, progress: Progress | None, more: bool, first: bool
    ) -> RunView:
        now = self._clock()
        line = status.progress_text(job, progress, now, self.texts)
        fraction = progress.fraction if progress else None
        return RunView(
            status.working(line),
            job_id=job.id,
            results=await results.arriving(studio, job, self._address, self.texts) if more else None,
            line=facts.working(job, line, fraction, now - job.created_at, self.texts),
            details="" if first else None,
            running=True,
            spent=await self._spent(studio) if first else None,
        )

    async def _ended(self, studio: Studio, job: Job) -> RunView:
        document = job_document(job, self._origin)
        return RunView(
            status.ended(job, self.texts),
            job_id=job.id,
            results=await results.pictures(studio, job, self._address, self.texts)
            or results.failed(job, self.texts),
            line=facts.line(job, self.texts),
            details=facts.details(document, self.texts),
            offers=status.offers(job, self.texts),
            spent=await self._spent(studio),
        )
