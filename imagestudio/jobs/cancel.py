"""Stopping a job, and the truth about what that means for money."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from imagestudio.core.job import CallRecord, Job
from imagestudio.core.log import log_fault
from imagestudio.core.messages import Message
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.provider_pool import ProviderPool
from imagestudio.jobs.webhooks.delivery import Webhooks
from imagestudio.jobs.worker import Worker
from imagestudio.providers import LINES
from imagestudio.store.jobs import JobStore

ASK_S = 5.0
"""How long a provider may take to say whether it stops a task."""


@dataclass(frozen=True, slots=True)
class Canceler:
    """Cancels jobs of all providers."""

    store: JobStore
    worker: Worker
    hub: ProgressHub
    pool: ProviderPool
    webhooks: Webhooks
    clock: Callable[[], float]

    async def cancel(self, job: Job) -> None:
        """Send nothing more of a job, end it, and ask the provider to stop what it has. What is said about
        money is there from the first moment, and more exact once the provider has answered. A picture that
        arrives all the same is kept; a job that ended meanwhile stays as it ended."""
        self.worker.mark_canceled(job.id)
        for call in job.calls:
            await self.store.change_call(call, ["planned"], state="dropped", finished_at=self.clock())
        now = await self.store.get(job.id) or job
        warnings = _with_warnings(now, [self._first_notice(now, call) for call in now.calls])
        if not await self.store.finish(now, "canceled", finished_at=self.clock(), warnings=warnings):
            return
        if now.webhook_url is not None:
            self.webhooks.notify()
        notices = await asyncio.gather(*(self._stop(now, call) for call in now.calls))
        await self.store.set_warnings(job.id, _with_warnings(now, notices))
        self.hub.finish(job.id)

    def _first_notice(self, job: Job, call: CallRecord) -> Message | None:
        if call.state not in ("submitting", "accepted"):
            return None
        title = LINES["huggingface" if job.payer == "huggingface" else job.provider].title
        if self.pool.connect(job) is None:
            return _out_of_reach(job, title)
        if call.state == "submitting":
            return Message("cancel.on_its_way", title=title)
        return Message("cancel.being_asked", title=title)

    async def _stop(self, job: Job, call: CallRecord) -> Message | None:
        connection = self.pool.connect(job)
        if connection is None and job.demo:
            await self.store.change_call(call, ["submitting", "accepted"], charged="no")
        if connection is None or call.state != "accepted":
            return self._first_notice(job, call)
        try:
            async with asyncio.timeout(ASK_S):
                canceled = await connection.provider.cancel(call.ticket or {})
        except Exception as error:
            if not isinstance(error, TimeoutError):
                log_fault(error, task="A provider could not be asked to stop a task", job_id=job.id)
            return self._first_notice(job, call)
        await self.store.change_call(call, ["accepted"], charged=canceled.charged)
        return canceled.text


def _out_of_reach(job: Job, title: str) -> Message:
    return Message("cancel.demo_off") if job.demo else Message("cancel.key_away", title=title)


def _with_warnings(job: Job, notices: Sequence[Message | None]) -> list[Message]:
    return [*job.warnings, *dict.fromkeys(notice for notice in notices if notice)]
