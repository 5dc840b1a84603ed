"""A job that begins is its worker's from the first moment, whatever the clock does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from imagestudio.access.key_vault import KeyVault
from imagestudio.core.job import Job
from imagestudio.jobs.payers import JobKeys
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.worker import Worker
from imagestudio.store.database import Database
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases
from tests.fresh import data_folder
from tests.store.conftest import new_job

LEASE_S = 30.0


class Clock:
    """Stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Nothing:
    """A pool without a provider, and whatever else a job that fails at once takes."""

    def connect(self, job: Job) -> None:
        return None

    async def adopt(self, job: Job) -> Job:
        return job

    def put(self, job_id: str, party: str) -> None:
        return None


def leased(clock: Clock) -> Job:
    """A new job that is the worker's own."""
    return replace(new_job(), worker="me", lease=1, lease_until=clock() + LEASE_S)


@asynccontextmanager
async def at_work(folder: Path, clock: Clock) -> AsyncIterator[tuple[Worker, JobStore]]:
    """A worker that has no provider: what it runs fails at once."""
    database = Database(f"sqlite:///{data_folder(folder) / 'studio.db'}")
    await database.open()
    store, nothing = JobStore(database), cast(Any, Nothing())
    worker = Worker(
        store=store,
        leases=Leases(database, "me", LEASE_S, payers=["nobody"]),
        hub=ProgressHub(clock),
        pool=nothing,
        keys=JobKeys(store, KeyVault(clock), None),
        files=nothing,
        orphans=nothing,
        collector=nothing,
        durations=nothing,
        webhooks=nothing,
        thumbnail_queue=nothing,
        imagen_route="auto",
        job_timeout_s=1,
        clock=clock,
    )
    yield worker, store
    await worker.stop(5)
    await database.close()


async def lease_of(store: JobStore, job: Job) -> int:
    kept = await store.get(job.id)
    assert kept
    return kept.lease


async def test_a_clock_that_jumps_takes_no_job_from_its_beginning(tmp_path: Path) -> None:
    clock = Clock()
    async with at_work(tmp_path, clock) as (worker, store):
        job = leased(clock)
        with worker.starting(job.id):
            await store.add(job)
            clock.now += LEASE_S + 0.001
            await worker.take_up()
            assert await lease_of(store, job) == 1
            worker.start(job, None)
        await worker.take_up()
        assert await lease_of(store, job) == 1


async def test_what_began_and_was_not_taken_is_taken_up_with_time(tmp_path: Path) -> None:
    clock = Clock()
    async with at_work(tmp_path, clock) as (worker, store):
        job = leased(clock)
        with worker.starting(job.id):
            await store.add(job)
        await worker.take_up()
        assert await lease_of(store, job) == 1
        clock.now += LEASE_S + 0.001
        await worker.take_up()
        assert await lease_of(store, job) == 2
