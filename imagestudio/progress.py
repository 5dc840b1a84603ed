"""What people are told while a job runs. In memory only: a restart loses no more than these words."""

import asyncio
from collections.abc import Callable

from imagestudio.jobs import Progress, Stage


class Board:
    """The progress of running jobs, and a bell that rings at each change of one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._progress: dict[str, Progress] = {}
        self._bells: dict[str, asyncio.Event] = {}

    def tell(
        self,
        job_id: str,
        stage: Stage,
        *,
        ahead: int | None = None,
        fraction: float | None = None,
        note: str = "",
    ) -> None:
        """Put up how far a job is. A stage keeps the moment it began."""
        before = self._progress.get(job_id)
        since = before.since if before and before.stage == stage else self._clock()
        now = Progress(stage, since, ahead, fraction, note)
        if now != before:
            self._progress[job_id] = now
            self.ring(job_id)

    def ring(self, job_id: str) -> None:
        """Wake everybody who waits for this job."""
        if bell := self._bells.pop(job_id, None):
            bell.set()

    def close(self, job_id: str) -> None:
        """The job has ended: forget its progress and wake everybody."""
        self._progress.pop(job_id, None)
        self.ring(job_id)

    def progress(self, job_id: str) -> Progress | None:
        """How far a job is; None where it does not run here."""
        return self._progress.get(job_id)

    def bell(self, job_id: str) -> asyncio.Event:
        """Set at the job's next change. Take it before you look at the job, or miss a change between."""
        return self._bells.setdefault(job_id, asyncio.Event())
