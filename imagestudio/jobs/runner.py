"""The life of one call: submit once, keep the ticket, poll to the end, store the pictures, then say so.

    planned ─▶ submitting ─▶ accepted ─▶ succeeded
       │           │             ├─────▶ unstored  (made, not kept here: fetched again)
       │           │             └─────▶ failed
       │           └─▶ uncertain  (the answer was lost: never sent again)
       └─▶ dropped (canceled first)

Every change names the lease of the job: a process that lost it changes nothing any more.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.errors import Charged, ModelUnavailable, RateLimited, StudioError, SubmitLost
from imagestudio.core.job import CallRecord, CallState, Job
from imagestudio.core.log import log_fault
from imagestudio.core.messages import Message
from imagestudio.core.turns import Turns
from imagestudio.jobs.collector import Collected, Collector, NotStored
from imagestudio.jobs.poller import Poller
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.throttle import LONGEST_WAIT_S, AccountEmpty, Throttle, ThrottleOpen
from imagestudio.providers import problems
from imagestudio.providers.base import Call, Completed, Pending, Provider
from imagestudio.store.jobs import JobStore

SUBMIT_TRIES = 3
COLLECT_TRIES = 4


class LeaseLost(Exception):
    """Another process holds the job now; this one must leave it alone."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs the calls of one job."""

    provider: Provider
    slots: Turns
    throttle: Throttle
    store: JobStore
    poller: Poller
    collector: Collector
    hub: ProgressHub
    canceled: Collection[str]
    """The jobs that are not to be made any more, as they are marked."""
    clock: Callable[[], float]
    on_checkpoint: OnCheckpoint = ignore_checkpoint

    async def run(self, job: Job, record: CallRecord, call: Call | None) -> Job | None:
        """Bring a call to its ending, whatever happens; the job where it ended with it.

        `call` is what to send while it is planned.
        """
        times_empty = self.throttle.times_empty
        # What was sent already is waited for, however long there is no turn for it.
        longest_s = self.poller.job_timeout_s if record.state == "planned" else None
        try:
            async with self.slots.turn(job.asker, longest_s):
                return await self._run(job, record, call, times_empty)
        except LeaseLost:
            return None
        except NotStored as trouble:
            await self._end(job, record, "unstored", trouble.error, "yes")
        except StudioError as error:
            await self._end(job, record, "failed", error, error.charged or "unknown")
        except SubmitLost as lost:
            await self._end(job, record, "uncertain", lost.error, "unknown")
        except Exception as error:
            problem = log_fault(error, job_id=job.id, charged="unknown")
            await self._end(job, record, "failed", problem, "unknown")
        return None

    async def _run(self, job: Job, record: CallRecord, call: Call | None, times_empty: int) -> Job | None:
        outcome: Pending | Completed | None = Pending(record.ticket or {})
        if record.state == "planned":
            try:
                outcome = await self._submit(job, record, call, times_empty) if call else None
            except ThrottleOpen:
                raise self._throttled() from None
            except AccountEmpty:
                raise problems.out_of_credits(self.provider.title) from None
        if outcome is None:
            return None
        came = Collected(self.provider.title, has_ticket=isinstance(outcome, Pending))
        for tries_left in reversed(range(COLLECT_TRIES)):
            done = await self._poll(job, record, outcome)
            self.hub.update(job.id, "saving")
            await self.collector.collect(
                self.provider, job, record.position, done, came, last=tries_left == 0
            )
            if came.is_complete or tries_left == 0:
                return await self._save_result(job, record, done, came)
        raise AssertionError("unreachable")

    async def _poll(self, job: Job, record: CallRecord, outcome: Pending | Completed) -> Completed:
        if isinstance(outcome, Completed):
            return outcome
        done = await self.poller.poll(job, record, dict(outcome.ticket))
        self.on_checkpoint(Checkpoint.POLLED_DONE, job.id)
        return done

    async def _submit(
        self, job: Job, record: CallRecord, call: Call, times_empty: int
    ) -> Pending | Completed | None:
        """Send it; None where it was dropped meanwhile. Sent again only after an answer that proves that
        nothing was accepted. Waiting for the throttle counts in the job's time."""
        until = asyncio.get_running_loop().time() + self.poller.job_timeout_s
        for tries_left in reversed(range(SUBMIT_TRIES)):
            async with self.throttle.acquire(
                lambda why: self.hub.update(job.id, "waiting", note=why), until, times_empty
            ) as sent:
                self.hub.update(job.id, "sending")
                if not await self._begin_submit(job, record):
                    return None
                self.on_checkpoint(Checkpoint.WROTE_INTENT, job.id)
                try:
                    outcome = await self.provider.submit(call)
                    self.on_checkpoint(Checkpoint.SENT_SUBMIT, job.id)
                except (RateLimited, ModelUnavailable) as refusal:
                    if not self._record_refusal(sent, refusal) or tries_left == 0:
                        raise
                except SubmitLost:
                    self.throttle.record_refusal(sent, self._paused())
                    raise
                else:
                    self.throttle.record_success(sent)
                    await self._save_ticket(job, record, outcome)
                    return outcome
            await self._change(job, record, "submitting", state="planned", charged="no")
        raise AssertionError("unreachable")

    async def _begin_submit(self, job: Job, record: CallRecord) -> bool:
        """Raises a fault that cost nothing where the intent can't be written down: then nothing is sent."""
        try:
            return await self.store.begin_submit(job.id, record.position, job.lease, self.clock())
        except Exception as error:
            raise log_fault(error, job_id=job.id, charged="no") from error

    def _throttled(self) -> ModelUnavailable:
        wait = max(1, round(self.throttle.paused_s))
        return ModelUnavailable(
            Message(
                "run.throttled",
                title=self.provider.title,
                wait=wait,
            ),
            reason="busy",
            retryAfter=wait,
            charged="no",
        )

    def _paused(self) -> Message:
        """What others who wait are told: not what was said to the one whose request was refused."""
        return Message("run.paused", title=self.provider.title)

    def _record_refusal(self, sent: int, refusal: RateLimited | ModelUnavailable) -> bool:
        """Pause everybody as the provider asked; whether waiting helps this one."""
        if isinstance(refusal, ModelUnavailable) and refusal.reason != "busy":
            if refusal.reason == "out_of_credits":
                self.throttle.record_empty(sent, self._paused())
            return False
        why = "is_limiting" if isinstance(refusal, RateLimited) else "is_busy"
        reason = Message(f"provider.{why}", title=self.provider.title)
        self.throttle.record_refusal(sent, reason, refusal.retry_after)
        return (refusal.retry_after or 0) <= LONGEST_WAIT_S

    async def _save_ticket(self, job: Job, record: CallRecord, outcome: Pending | Completed) -> None:
        if isinstance(outcome, Completed):
            return
        # Before anything else: without the ticket a paid picture could not be found again.
        ticket = dict(outcome.ticket)
        await self._change(job, record, "submitting", state="accepted", ticket=ticket, **_reported(outcome))
        self.on_checkpoint(Checkpoint.KEPT_TICKET, job.id)
        if job.id in self.canceled:
            await self.provider.cancel(ticket)

    async def _change(self, job: Job, record: CallRecord, expected: CallState, **values: Any) -> None:
        if not await self.store.change_call(record, [expected], lease=job.lease, **values):
            raise LeaseLost

    async def _save_result(
        self, job: Job, record: CallRecord, outcome: Completed, came: Collected
    ) -> Job | None:
        """Record what is on the disk. Any picture is a success, which says why others did not come."""
        succeeded = came.has_picture
        charged = _charged(outcome, bool(came.files or came.missing))
        troubles: list[StudioError] = [*came.missing.values(), *outcome.refused]
        result = await self.store.save_result(
            record,
            job.lease,
            came.in_order,
            state="succeeded" if succeeded else "failed",
            **_reported(outcome),
            charged=charged,
            seed=outcome.seed,
            warnings=[trouble.text for trouble in troubles],
            error=None if succeeded or not troubles else troubles[0].failure.with_details(charged=charged),
            at=self.clock(),
        )
        if result is None:
            raise LeaseLost
        self.on_checkpoint(Checkpoint.KEPT_RESULT, job.id)
        return result.ended

    async def _end(
        self, job: Job, record: CallRecord, state: CallState, error: StudioError, charged: Charged
    ) -> None:
        if record.charged == "yes" and charged == "unknown":
            charged = "yes"  # what an earlier look found out
        await self.store.change_call(
            record,
            ["planned", "submitting", "accepted"],
            lease=job.lease,
            state=state,
            charged=charged,
            **_reported(error),
            error=error.failure.with_details(charged=charged),
            finished_at=self.clock(),
        )


def _reported(outcome: Pending | Completed | StudioError) -> dict[str, float]:
    """What the provider says it costs. Where it says nothing, what it said before stands."""
    return {} if outcome.cost_usd is None else {"reported_usd": outcome.cost_usd}


def _charged(outcome: Completed, pictures: bool) -> Charged:
    if outcome.cost_usd is not None:
        return "yes" if outcome.cost_usd > 0 else "no"
    if pictures or not outcome.refused:
        return "yes"
    return outcome.refused[0].charged or "unknown"
