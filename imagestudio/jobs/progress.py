"""What people are told while a job runs. In memory only: a restart loses no more than these words."""

import asyncio
from collections.abc import Callable

from imagestudio.core.job import Job, Progress, Stage
from imagestudio.core.messages import Message


class ProgressHub:
    """The progress of running jobs, and an event at each change of one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._progress: dict[str, Progress] = {}
        self._events: dict[str, asyncio.Event] = {}
        self._completions: dict[str, asyncio.Future[Job | None]] = {}
        self.closing = False
        """Whether the process is to end: nobody waits for anything any more."""

    def update(
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
            self.notify(job_id)

    def notify(self, job_id: str) -> None:
        """Wake everybody who waits for this job."""
        if event := self._events.pop(job_id, None):
            event.set()

    def finish(self, job_id: str, ended: Job | None = None) -> None:
        """The job has ended, as `ended` where that is at hand: forget its progress and wake everybody."""
        self._progress.pop(job_id, None)
        self.notify(job_id)
        if (completion := self._completions.pop(job_id, None)) and not completion.done():
            completion.set_result(ended)

    def wake_all(self) -> None:
        """Wake everybody who waits for anything, whether it has ended or not."""
        self.closing = True
        for job_id in list(self._events):
            self.notify(job_id)
        for completion in self._completions.values():
            if not completion.done():
                completion.set_result(None)
        self._completions.clear()

    @property
    def idle(self) -> bool:
        """Whether no job runs here."""
        return not self._progress

    def get(self, job_id: str) -> Progress | None:
        """How far a job is; None where it does not run here."""
        return self._progress.get(job_id)

    def completion(self, job_id: str) -> asyncio.Future[Job | None] | None:
        """Done when the job ends here, with the job where that is at hand; shared, so shield it. None where
        the job does not run here."""
        if job_id not in self._progress:
            return None
        return self._completions.setdefault(job_id, asyncio.get_running_loop().create_future())

    def subscribe(self, job_id: str) -> asyncio.Event:
        """Set at the job's next change. Take it before you look at the job, or miss a change between."""
        return self._events.setdefault(job_id, asyncio.Event())
