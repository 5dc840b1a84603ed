"""Runs jobs to their endings, in this process, and takes up what an earlier or another process left."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from imagestudio.access.key_vault import OWN_KEYS
from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.errors import ModelUnavailable, StudioError
from imagestudio.core.job import OPEN_CALLS, OWN, CallRecord, Job
from imagestudio.core.log import JOB, log_fault
from imagestudio.core.messages import Message
from imagestudio.jobs.job_keys import JobKeys, key_name
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.runner import Runner
from imagestudio.providers import PROVIDERS
from imagestudio.providers.base import Call, Provider
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases

log = logging.getLogger(__name__)

STOP_TICK_S = 0.05

RunnerOf = Callable[[Job], Runner | None]
Prepare = Callable[[Provider, Job], Awaitable[tuple[Call, ...]]]


class Worker:
    """A task a running job. Losing a watcher, or the whole process, loses no job.

    `ring` is called when a job that has a webhook has ended.
    """

    def __init__(
        self,
        *,
        store: JobStore,
        leases: Leases,
        hub: ProgressHub,
        runner_of: RunnerOf,
        keys: JobKeys,
        prepare: Prepare,
        ring: Callable[[], None],
        clock: Callable[[], float],
        on_checkpoint: OnCheckpoint = ignore_checkpoint,
        after: Callable[[str], None] = lambda job_id: None,
    ) -> None:
        self._store = store
        self._leases = leases
        self._hub = hub
        self._runner_of = runner_of
        self._keys = keys
        self._prepare = prepare
        self._ring = ring
        self._clock = clock
        self._on_checkpoint = on_checkpoint
        self._after = after
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._canceled: set[str] = set()
        self._beginning: set[str] = set()

    async def take_up(self) -> None:
        """Take what nobody holds: tickets are polled on, unsent calls sent, lost submits left alone."""
        now = self._clock()
        for job_id in await self._leases.list_free(now):
            # A clock that jumped may make our own leases look old: what runs or begins here is ours.
            ours = job_id in self._tasks or job_id in self._beginning
            if not ours and (job := await self._leases.claim(job_id, now)):
                log.warning("taking up job %s", job_id)
                await self._keys.recover(job)
                self.take(job, None)

    async def renew(self) -> None:
        """Hold on to the jobs that run here. One that broke off, because nothing could be written for a
        while, say, is let go with time, and taken up again."""
        if self._tasks:
            await self._leases.renew(self._tasks, self._clock())

    @contextmanager
    def beginning(self, job: Job) -> Iterator[Job]:
        """A new job that is this worker's from the start, to be kept and taken inside the block. Until its
        end nobody takes it up here, however long ago its lease seems to have ended."""
        until = self._clock() + self._leases.length_s
        self._beginning.add(job.id)
        try:
            yield replace(job, worker=self._leases.worker, lease=1, lease_until=until)
        finally:
            self._beginning.discard(job.id)

    async def stop(self, grace_s: float) -> None:
        """Let submits that are under way come to their answers, for up to `grace_s` seconds, then stop.

        What is only waiting on a ticket stops at once: it goes on at the next start.
        """
        deadline = asyncio.get_running_loop().time() + grace_s
        while self._tasks and asyncio.get_running_loop().time() < deadline:
            for job_id, task in self._tasks.items():
                if not self._is_sending(job_id):
                    task.cancel()
            await asyncio.wait(self._tasks.values(), timeout=STOP_TICK_S)
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _is_sending(self, job_id: str) -> bool:
        progress = self._hub.get(job_id)
        return progress is not None and progress.stage in ("sending", "saving")

    def take(self, job: Job, calls: tuple[Call, ...] | None) -> None:
        """Run a job whose lease is ours, in the background. `calls` are its prepared calls, or None to
        prepare them again."""
        if not job.ended:
            self._hub.update(job.id, "queued")
        task = asyncio.create_task(self._run(job, calls), name=f"job {job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda done: self._forget(job.id, done))

    def _forget(self, job_id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(job_id) is task:  # else the job was taken again meanwhile
            del self._tasks[job_id]
            self._keys.drop(job_id)

    def unwanted(self, job_id: str) -> None:
        """The job is canceled: what the provider still accepts of it is canceled there too."""
        self._canceled.add(job_id)

    async def _run(self, job: Job, calls: tuple[Call, ...] | None) -> None:
        JOB.set(job.id)  # the task is the job's own
        ended: Job | None = None
        try:
            runner = self._runner_of(job)
            if runner is None:
                await self._no_provider(job)
            else:
                ended = await self._run_calls(runner, job, calls)
            ended = ended or await self._store.conclude(job.id, job.lease, self._clock())
            self._on_checkpoint(Checkpoint.ENDED_JOB, job.id)
        except Exception as error:
            problem = log_fault(error, job_id=job.id, charged="unknown").failure
            await self._store.finish(job, "failed", lease=job.lease, error=problem, finished_at=self._clock())
        finally:
            self._canceled.discard(job.id)
            self._hub.finish(job.id, ended)
            self._after(job.id)
            if job.webhook_url is not None:
                self._ring()

    async def _run_calls(self, runner: Runner, job: Job, calls: tuple[Call, ...] | None) -> Job | None:
        """The job where it ended with its last call."""
        if calls is None and any(record.state == "planned" for record in job.calls):
            calls = await self._prepared(runner.provider, job)

        def wanted() -> bool:
            return job.id not in self._canceled

        async with asyncio.TaskGroup() as group:
            runs = [
                group.create_task(runner.run(job, record, calls[record.position] if calls else None, wanted))
                for record in job.calls
                if record.state in OPEN_CALLS and (calls or record.state != "planned")
            ]
        return next((run.result() for run in runs if run.result()), None)

    async def _prepared(self, provider: Provider, job: Job) -> tuple[Call, ...] | None:
        """The calls once more; None, and what is unsent has failed, where that can't be done: the picture
        to edit is gone, say."""
        try:
            return await self._prepare(provider, job)
        except Exception as error:
            problem = log_fault(error, Message("fault.after_restart"), job_id=job.id, charged="no")
            for record in job.calls:
                if record.state == "planned":
                    await self._fail(job, record, problem)
            return None

    async def _no_provider(self, job: Job) -> None:
        for record in job.calls:
            await self._fail(job, record, _key_gone(job, sent=record.state != "planned"))

    async def _fail(self, job: Job, record: CallRecord, error: StudioError) -> None:
        await self._store.change_call(
            record,
            OPEN_CALLS,
            lease=job.lease,
            state="failed",
            charged=error.charged,
            error=error.failure,
            finished_at=self._clock(),
        )


def _key_gone(job: Job, *, sent: bool) -> ModelUnavailable:
    if job.payer in OWN:
        return _own_key_gone(job, sent=sent)
    variable = PROVIDERS[job.provider].key_variables[0]
    return ModelUnavailable(
        Message("key.gone_look" if sent else "key.gone_run", variable=variable),
        reason="missing_key",
        set=variable,
        charged="unknown" if sent else "no",
    )


def _own_key_gone(job: Job, *, sent: bool) -> ModelUnavailable:
    header = OWN_KEYS[key_name(job)]
    return ModelUnavailable(
        Message("key.own_gone_look" if sent else "key.own_gone_run", header=header),
        reason="missing_key",
        set=header,
        charged="unknown" if sent else "no",
    )
