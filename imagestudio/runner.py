"""The life of one call: submit once, keep the ticket, poll to the end, store the pictures, then say so.

planned ─▶ submitting ─▶ accepted ─▶ succeeded
   │           │             └─────▶ failed
   │           └─▶ uncertain  (the answer was lost: never sent again)
   └─▶ dropped (canceled first)
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from imagestudio import media
from imagestudio.errors import (
    Charged,
    ModelUnavailable,
    ProviderFailed,
    ProviderTimeout,
    RateLimited,
    StudioError,
    SubmitLost,
)
from imagestudio.faults import fault
from imagestudio.fetch import FetchError
from imagestudio.jobs import CallRecord, Job, Stage, StoredFile
from imagestudio.progress import Board
from imagestudio.providers.base import Call, Completed, InlinePicture, Pending, Provider, RemotePicture
from imagestudio.providers.http import Transient
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore

SUBMIT_TRIES = 3
LONGEST_WAIT_S = 30.0
"""A provider that asks to wait longer than this before a submit is answered to the user at once."""
PATIENCE_S = 25.0
COLLECT_TRIES = 4
POLL_SHARE, POLL_LEAST_S, POLL_MOST_S = 0.08, 0.1, 2.0
"""Time to the next poll: a share of the time waited so far, within bounds."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs calls of jobs against one provider. One instance serves every job of that provider."""

    provider: Provider
    store: JobStore
    files: Files
    board: Board
    clock: Callable[[], float]
    job_timeout_s: float
    slots: asyncio.Semaphore

    async def run(self, job: Job, record: CallRecord, call: Call | None, wanted: Callable[[], bool]) -> None:
        """Bring a call to its ending, whatever happens. `call` is what to send while it is planned;
        `wanted` says whether its job is still to be made."""
        async with self.slots:
            try:
                await self._run(job, record, call, wanted)
            except StudioError as error:
                await self._fail(record, error)
            except SubmitLost as lost:
                await self._end(record, "uncertain", lost.error, "unknown")
            except Exception as error:
                what = (
                    "The picture could not be stored" if isinstance(error, OSError) else "The studio failed"
                )
                await self._fail(record, fault(error, what, job_id=job.id, charged="unknown"))

    async def _run(self, job: Job, record: CallRecord, call: Call | None, wanted: Callable[[], bool]) -> None:
        outcome: Pending | Completed
        if record.state == "planned":
            submitted = await self._submit(job, record, call, wanted) if call else None
            if submitted is None:
                return
            outcome = submitted
        else:
            outcome = Pending(record.ticket or {})
        if isinstance(outcome, Pending):
            outcome = await self._follow(job, record, outcome)
        await self._collect(job, record, outcome)

    async def _submit(
        self, job: Job, record: CallRecord, call: Call, wanted: Callable[[], bool]
    ) -> Pending | Completed | None:
        """Send it; None where it was dropped meanwhile. Sent again only after an answer that proves that
        nothing was accepted."""
        for tries_left in reversed(range(SUBMIT_TRIES)):
            now = self.clock()
            self.board.tell(job.id, "sending")
            if not await self.store.change_call(
                record, ["planned"], state="submitting", submitted_at=now, charged="unknown"
            ):
                return None
            await self.store.start(job.id, now)
            try:
                outcome = await self.provider.submit(call)
            except (RateLimited, ModelUnavailable) as refusal:
                wait = _wait_before_retry(refusal)
                if tries_left == 0 or wait is None:
                    raise
                await self.store.change_call(record, ["submitting"], state="planned", charged="no")
                self.board.tell(job.id, "waiting", note=refusal.message)
                await asyncio.sleep(wait)
                continue
            if isinstance(outcome, Pending):
                await self._accepted(record, outcome)
                if not wanted():
                    await self.provider.cancel(outcome.ticket)
            return outcome
        raise AssertionError("unreachable")

    async def _accepted(self, record: CallRecord, outcome: Pending) -> None:
        # Before anything else: without the ticket a paid picture could not be found again.
        await self.store.change_call(
            record, ["submitting"], state="accepted", ticket=dict(outcome.ticket), charged="unknown"
        )

    async def _follow(self, job: Job, record: CallRecord, pending: Pending) -> Completed:
        """Poll until the task is completed or the job's time is over."""
        began = self.clock()
        deadline = (job.started_at or began) + self.job_timeout_s
        deadline = max(deadline, began + POLL_MOST_S)
        patience, troubles = PATIENCE_S, 0
        while True:
            self._report(job, pending)
            left = deadline - self.clock()
            if left <= 0:
                raise ProviderTimeout(
                    f"{self.provider.title} did not finish within {self.job_timeout_s:g} s. Its ticket is "
                    "kept; it may still finish and be charged.",
                    charged="unknown",
                )
            asked = self.clock()
            try:
                outcome = await self.provider.poll(
                    pending.ticket, patience=min(patience, left), report=lambda news: self._report(job, news)
                )
                troubles = 0
            except Transient as trouble:
                troubles += 1
                await asyncio.sleep(min(left, trouble.retry_after or min(POLL_MOST_S * troubles, 15.0)))
                continue
            if isinstance(outcome, Completed):
                return outcome
            pending = outcome
            if self.clock() - asked < patience / 2:
                # It can't hold the line: go by the clock from now on.
                patience = 0.0
                waited = self.clock() - (record.submitted_at or began)
                await asyncio.sleep(min(left, max(POLL_LEAST_S, min(POLL_SHARE * waited, POLL_MOST_S))))

    def _report(self, job: Job, pending: Pending) -> None:
        stage: Stage = "queued" if pending.stage == "queued" else "generating"
        self.board.tell(job.id, stage, ahead=pending.ahead, fraction=pending.progress)

    async def _collect(self, job: Job, record: CallRecord, outcome: Completed) -> None:
        """Store every picture and only then record success. An expired or broken file is asked for again."""
        self.board.tell(job.id, "saving")
        ticket = (await self._ticket(record)) or {}
        for tries_left in reversed(range(COLLECT_TRIES)):
            try:
                pictures = [
                    await self._store(job, record, position, picture)
                    for position, picture in enumerate(outcome.pictures)
                ]
                break
            except (FetchError, media.NotAnImage, media.TooManyPixels) as error:
                if tries_left == 0 or not ticket:
                    raise self._lost_picture(error) from error
                await asyncio.sleep(0.2 * (COLLECT_TRIES - tries_left))
                outcome = await self._follow(job, record, Pending(ticket))
        await self.store.keep_result(
            record,
            pictures,
            state="succeeded" if pictures else "failed",
            reported_usd=outcome.cost_usd,
            charged=_charged(outcome, pictures),
            warnings=[refusal.message for refusal in outcome.refused],
            error=outcome.refused[0].as_dict() if outcome.refused and not pictures else None,
            finished_at=self.clock(),
        )

    async def _ticket(self, record: CallRecord) -> dict[str, str] | None:
        job = await self.store.get(record.job_id)
        return job.calls[record.position].ticket if job else None

    async def _store(
        self, job: Job, record: CallRecord, position: int, picture: InlinePicture | RemotePicture
    ) -> StoredFile:
        if isinstance(picture, InlinePicture):
            incoming = await self.files.write(picture.data)
        else:
            incoming = self.files.incoming()
        try:
            if isinstance(picture, RemotePicture):
                await self.provider.download(picture.url, incoming)
            kept = await self.files.take_in(incoming, kind="result", owner=job.owner, at=self.clock())
        finally:
            await self.files.drop(incoming)
        return replace(kept, job_id=job.id, call=record.position, position=position)

    def _lost_picture(self, error: Exception) -> ProviderFailed:
        return ProviderFailed(
            f"{self.provider.title} made a picture, but it could not be brought here: {error} The ticket is "
            "kept; the provider charges for it all the same.",
            charged="yes",
        )

    async def _fail(self, record: CallRecord, error: StudioError) -> None:
        await self._end(record, "failed", error, error.charged or "unknown")

    async def _end(self, record: CallRecord, state: str, error: StudioError, charged: Charged) -> None:
        values: dict[str, Any] = {"state": state, "charged": charged, "error": error.as_dict()}
        await self.store.change_call(
            record, ["planned", "submitting", "accepted"], **values, finished_at=self.clock()
        )


def _wait_before_retry(refusal: RateLimited | ModelUnavailable) -> float | None:
    if isinstance(refusal, RateLimited):
        wait = refusal.retry_after or 2.0
    elif refusal.reason == "busy":
        wait = 2.0
    else:
        return None
    return wait if wait <= LONGEST_WAIT_S else None


def _charged(outcome: Completed, pictures: list[StoredFile]) -> Charged:
    if outcome.cost_usd is not None:
        return "yes" if outcome.cost_usd > 0 else "no"
    if pictures or not outcome.refused:
        return "yes"
    return outcome.refused[0].charged or "unknown"
