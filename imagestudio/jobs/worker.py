"""Runs jobs to their endings, in this process, and takes up what an earlier or another process left."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from imagestudio.access.key_vault import OWN_KEYS
from imagestudio.catalog import MODELS
from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.errors import ModelUnavailable, StudioError
from imagestudio.core.job import OPEN_CALLS, OWN, CallRecord, Job
from imagestudio.core.log import JOB, log_fault
from imagestudio.core.messages import Message
from imagestudio.core.request import GenerationRequest
from imagestudio.jobs.collector import Collector
from imagestudio.jobs.orphans import Orphans
from imagestudio.jobs.payers import JobKeys, key_name
from imagestudio.jobs.poller import Poller
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.provider_pool import Connection, ProviderPool
from imagestudio.jobs.runner import Runner
from imagestudio.jobs.thumbnail_queue import ThumbnailQueue
from imagestudio.jobs.webhooks.delivery import Webhooks
from imagestudio.providers import PROVIDERS
from imagestudio.providers.base import Call
from imagestudio.store.durations import DurationStore
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases

log = logging.getLogger(__name__)

STOP_TICK_S = 0.05


class Worker:
    """A task a running job. Losing a watcher, or the whole process, loses no job."""

    def __init__(
        self,
        *,
        store: JobStore,
        leases: Leases,
        hub: ProgressHub,
        pool: ProviderPool,
        keys: JobKeys,
        files: Files,
        orphans: Orphans,
        collector: Collector,
        durations: DurationStore,
        webhooks: Webhooks,
        thumbnail_queue: ThumbnailQueue,
        imagen_route: str,
        job_timeout_s: float,
        clock: Callable[[], float],
        on_checkpoint: OnCheckpoint = ignore_checkpoint,
    ) -> None:
        self._store = store
        self._leases = leases
        self._hub = hub
        self._pool = pool
        self._keys = keys
        self._files = files
        self._orphans = orphans
        self._collector = collector
        self._durations = durations
        self._webhooks = webhooks
        self._thumbnail_queue = thumbnail_queue
        self._imagen_route = imagen_route
        self._job_timeout_s = job_timeout_s
        self._clock = clock
        self._on_checkpoint = on_checkpoint
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._canceled: set[str] = set()
        self._starting: set[str] = set()

    async def take_up(self) -> None:
        """Take what nobody holds: tickets are polled on, unsent calls sent, lost submits left alone."""
        now = self._clock()
        for job_id in await self._leases.list_free(now):
            # A clock that jumped may make our own leases look old: what runs or starts here is ours.
            ours = job_id in self._tasks or job_id in self._starting
            if not ours and (job := await self._leases.claim(job_id, now)):
                log.warning("taking up job %s", job_id)
                await self._keys.recover(job)
                self.start(await self._orphans.adopt(job), None)

    async def renew(self) -> None:
        """Hold on to the jobs that run here. One that broke off, because nothing could be written for a
        while, say, is let go with time, and taken up again."""
        if self._tasks:
            await self._leases.renew(self._tasks, self._clock())

    @contextmanager
    def starting(self, job_id: str) -> Iterator[None]:
        """A new job of this worker's is kept and started inside the block. Until its end nobody takes it up
        here, however long ago its lease seems to have ended."""
        self._starting.add(job_id)
        try:
            yield
        finally:
            self._starting.discard(job_id)

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

    def start(self, job: Job, calls: tuple[Call, ...] | None) -> None:
        """Run a job whose lease is ours, in the background. `calls` are its prepared calls, or None to
        prepare them again."""
        if not job.ended:
            self._hub.update(job.id, "queued")
        task = asyncio.create_task(self._run(job, calls), name=f"job {job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda done: self._forget(job.id, done))

    def _forget(self, job_id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(job_id) is task:  # else the job was started again meanwhile
            del self._tasks[job_id]
            self._keys.release(job_id)

    def mark_canceled(self, job_id: str) -> None:
        """Send nothing more of a job: what the provider still accepts of it is canceled there too."""
        self._canceled.add(job_id)

    async def _run(self, job: Job, calls: tuple[Call, ...] | None) -> None:
        JOB.set(job.id)  # the task is the job's own
        ended: Job | None = None
        try:
            connection = self._pool.connect(job)
            if connection is None:
                await self._fail_without_key(job)
            else:
                ended = await self._run_calls(connection, job, calls)
            ended = ended or await self._store.conclude(job.id, job.lease, self._clock())
            self._on_checkpoint(Checkpoint.ENDED_JOB, job.id)
        except Exception as error:
            problem = log_fault(error, job_id=job.id, charged="unknown").failure
            await self._store.finish(job, "failed", lease=job.lease, error=problem, finished_at=self._clock())
        finally:
            self._canceled.discard(job.id)
            self._hub.finish(job.id, ended)
            self._thumbnail_queue.put(job.id, job.asker.party)
            if job.webhook_url is not None:
                self._webhooks.notify()

    async def _run_calls(
        self, connection: Connection, job: Job, calls: tuple[Call, ...] | None
    ) -> Job | None:
        """The job where it ended with its last call. Holds on to the connection until then."""
        if calls is None and any(record.state == "planned" for record in job.calls):
            calls = await self._prepare_again(connection, job)
        runner = Runner(
            provider=connection.provider,
            slots=connection.slots,
            throttle=connection.throttle,
            store=self._store,
            poller=Poller(connection.provider, self._durations, self._hub, self._clock, self._job_timeout_s),
            collector=self._collector,
            hub=self._hub,
            canceled=self._canceled,
            clock=self._clock,
            on_checkpoint=self._on_checkpoint,
        )
        async with asyncio.TaskGroup() as group:
            runs = [
                group.create_task(runner.run(job, record, calls[record.position] if calls else None))
                for record in job.calls
                if record.state in OPEN_CALLS and (calls or record.state != "planned")
            ]
        return next((run.result() for run in runs if run.result()), None)

    async def _prepare_again(self, connection: Connection, job: Job) -> tuple[Call, ...] | None:
        """A kept job's calls once more, for those that were not sent yet. None, and these have failed, where
        that can't be done: the picture to edit is gone, say."""
        try:
            file = await self._store.get_file(job.input_file) if job.input_file else None
            image = self._files.input_image(file) if file else None
            request = GenerationRequest(job.task, job.model, job.prompt, job.controls, image)
            route = MODELS[job.model].route(job.controls, self._imagen_route)
            return await connection.provider.prepare(route, request)
        except Exception as error:
            problem = log_fault(error, Message("fault.after_restart"), job_id=job.id, charged="no")
            for record in job.calls:
                if record.state == "planned":
                    await self._fail(job, record, problem)
            return None

    async def _fail_without_key(self, job: Job) -> None:
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
