"""What people are told while a job runs. In memory only: a restart loses no more than these words."""

import asyncio
from collections.abc import Callable

from imagestudio.core.job import Job, Progress, Stage
from imagestudio.core.messages import Message


class Board:
    """The progress of running jobs, and a bell that rings at each change of one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._progress: dict[str, Progress] = {}
        self._bells: dict[str, asyncio.Event] = {}
        self._endings: dict[str, asyncio.Future[Job | None]] = {}
        self.released = False
        """Whether the process is to end: nobody waits for anything any more."""

    def tell(
        self,
        job_id: str,
        stage: Stage,
        *,
        ahead: int | None = None,
        fraction: float | None = None,
        note: Message | None = None,
        usual_s: float | None = None,
    ) -> None:
        """Put up how far a job is. A stage keeps the moment it began."""
        before = self._progress.get(job_id)
        since = before.since if before and before.stage == stage else self._clock()
        now = Progress(stage, since, ahead, fraction, note, usual_s)
        if now != before:
            self._progress[job_id] = now
            self.ring(job_id)

    def ring(self, job_id: str) -> None:
        """Wake everybody who waits for this job."""
        if bell := self._bells.pop(job_id, None):
            bell.set()

    def close(self, job_id: str, ended: Job | None = None) -> None:
        """The job has ended, as `ended` where that is at hand: forget its progress and wake everybody."""
        self._progress.pop(job_id, None)
        self.ring(job_id)
        if (ending := self._endings.pop(job_id, None)) and not ending.done():
            ending.set_result(ended)

    def release(self) -> None:
        """Wake everybody who waits for anything, whether it has ended or not."""
        self.released = True
        for job_id in list(self._bells):
            self.ring(job_id)
        for ending in self._endings.values():
            if not ending.done():
                ending.set_result(None)
        self._endings.clear()

    @property
    def quiet(self) -> bool:
        """Whether no job runs here."""
        return not self._progress

    def progress(self, job_id: str) -> Progress | None:
        """How far a job is; None where it does not run here."""
        return self._progress.get(job_id)

    def ending(self, job_id: str) -> asyncio.Future[Job | None] | None:
        """Done when the job ends here, with the job where that is at hand; shared, so shield it. None where
        the job does not run here."""
        if job_id not in self._progress:
            return None
        return self._endings.setdefault(job_id, asyncio.get_running_loop().create_future())

    def bell(self, job_id: str) -> asyncio.Event:
        """Set at the job's next change. Take it before you look at the job, or miss a change between."""
        return self._bells.setdefault(job_id, asyncio.Event())
