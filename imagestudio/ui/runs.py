"""A run as the page shows it: from the submit, or from its id after a reload, to its ending.

Closing the page ends the watching only: the job runs on in the studio.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from imagestudio.api.views import job_view
from imagestudio.errors import NotFound, StudioError
from imagestudio.faults import fault
from imagestudio.generation import Task
from imagestudio.jobs import Job, Progress
from imagestudio.studio import Studio, Upload
from imagestudio.ui import facts, results, status


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of a run, as HTML. None leaves a part as it is."""

    status: str
    job_id: str | None = None
    results: str | None = None
    line: str | None = None
    details: str | None = None
    running: bool = False


class Runs:
    """The page's view of the studio's jobs."""

    def __init__(self, get_studio: Callable[[], Studio], clock: Callable[[], float], origin: str) -> None:
        self._get_studio = get_studio
        self._clock = clock
        self._origin = origin

    async def start(
        self, task: Task, fields: Mapping[str, Any], upload: Upload | None = None
    ) -> AsyncIterator[Shown]:
        """Submit, then watch. A refusal leaves the last picture where it is."""
        try:
            job = await self._get_studio().submit(task, fields, upload=upload)
        except StudioError as error:
            yield Shown(status.refusal(error.as_dict()))
        except Exception as error:
            yield Shown(status.refusal(fault(error).as_dict()))
        else:
            async for shown in self.watch(job.id):
                yield shown

    async def watch(self, job_id: str) -> AsyncIterator[Shown]:
        """A job to its ending; nothing for one that the studio does not know."""
        studio, first = self._get_studio(), True
        try:
            async for job, progress in studio.watch(job_id):
                if job.ended:
                    yield await self._ended(studio, job)
                else:
                    yield self._running(job, progress, first)
                first = False
        except NotFound:
            yield Shown("", job_id="")
        except Exception as error:
            yield Shown(status.refusal(fault(error).as_dict()))

    async def stop(self, job_id: str) -> Shown:
        """Stop a job, and say what that means for money."""
        studio = self._get_studio()
        try:
            return await self._ended(studio, await studio.cancel(job_id))
        except StudioError as error:
            return Shown(status.refusal(error.as_dict()))
        except Exception as error:
            return Shown(status.refusal(fault(error).as_dict()))

    def _running(self, job: Job, progress: Progress | None, first: bool) -> Shown:
        now = self._clock()
        words = status.progress_words(job, progress, now)
        fraction = progress.fraction if progress else None
        return Shown(
            status.working(words),
            job_id=job.id,
            results=results.frame(job) if first else None,
            line=facts.working(words, fraction, now - job.created_at),
            details="" if first else None,
            running=True,
        )

    async def _ended(self, studio: Studio, job: Job) -> Shown:
        view = await job_view(studio, job, self._origin, inline=False)
        return Shown(
            status.ended(job),
            job_id=job.id,
            results=await results.pictures(studio, job) or results.empty(job.task),
            line=facts.line(job),
            details=facts.details(view),
        )
