"""Stopping a job, and the truth about what that means for money."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from imagestudio.jobs import CallRecord, Job
from imagestudio.progress import Board
from imagestudio.runner import Runner
from imagestudio.store.jobs import JobStore
from imagestudio.worker import Worker

ASK_S = 5.0
"""How long a provider may take to say whether it stops a task."""


@dataclass(frozen=True, slots=True)
class Canceler:
    """Cancels jobs of all providers."""

    store: JobStore
    worker: Worker
    board: Board
    runners: Mapping[str, Runner]
    clock: Callable[[], float]

    async def cancel(self, job: Job) -> None:
        """Send nothing more of a job, ask the provider to stop what it has, and end the job with what was
        said about money. A picture that arrives all the same is kept; a job that ended well meanwhile has."""
        self.worker.unwanted(job.id)
        for call in job.calls:
            await self.store.change_call(call, ["planned"], state="dropped", finished_at=self.clock())
        now = await self.store.get(job.id) or job
        said = await asyncio.gather(*(self._stop(now, call) for call in now.calls))
        # "failed" too: that is how a task ends at a provider that did as it was asked.
        await self.store.finish(
            now,
            "canceled",
            instead_of=("queued", "running", "failed"),
            finished_at=self.clock(),
            error=None,
            warnings=[*now.warnings, *dict.fromkeys(sentence for sentence in said if sentence)],
        )
        self.board.close(job.id)

    async def _stop(self, job: Job, call: CallRecord) -> str | None:
        runner = self.runners.get(job.provider)
        if runner is None or call.state not in ("submitting", "accepted"):
            return None
        title = runner.provider.title
        if call.state == "submitting":
            return (
                f"The request was on its way to {title}. It may be charged; a picture that arrives is kept."
            )
        try:
            async with asyncio.timeout(ASK_S):
                canceled = await runner.provider.cancel(call.ticket or {})
        except TimeoutError:
            return f"{title} did not say in time whether it stops. It may be charged; a picture is kept."
        await self.store.change_call(call, ["accepted"], charged=canceled.charged)
        return canceled.message
