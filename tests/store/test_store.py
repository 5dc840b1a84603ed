"""Jobs in a real SQLite file: durable, conditional, one job a key."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from imagestudio.ids import new_id
from imagestudio.jobs import CallRecord, Job, StoredFile
from imagestudio.store.database import Database
from imagestudio.store.jobs import JobStore, KeyTaken
from imagestudio.store.migrate import is_current, migrate
from imagestudio.store.tables import metadata


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'studio.db'}")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def store(database: Database) -> JobStore:
    return JobStore(database)


def new_job(owner: str = "ann", calls: int = 1) -> Job:
    job_id = new_id()
    return Job(
        id=job_id,
        owner=owner,
        task="generate",
        status="queued",
        model="flux-2-pro",
        provider="bfl",
        served_by=None,
        demo=True,
        created_at=1.5,
        asked={"prompt": "x ☂"},
        prompt="x ☂",
        controls={"seed": 4_294_967_295},
        response_format="auto",
        input_file=None,
        estimated_usd=0.03,
        warnings=("one",),
        calls=tuple(CallRecord(job_id, position, "/v1/x", {"prompt": "x"}) for position in range(calls)),
    )


def picture(job: Job, call: int = 0) -> StoredFile:
    return StoredFile(
        new_id(), "result", "ab/x.png", "image/png", 4, 3, 99, "0" * 64, 2.0, job.owner, job.id, call
    )


async def test_a_job_comes_back_as_it_was_kept(store: JobStore) -> None:
    job = new_job(calls=2)
    await store.add(job)
    assert await store.get(job.id) == job
    assert await store.get("nope") is None


async def test_the_database_is_durable_at_every_commit(database: Database) -> None:
    async with database.write() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar() == 2  # FULL
        assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar() == 1


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert not is_current(url)
    migrate(url)
    assert is_current(url)
    migrate(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


async def test_changes_hold_only_from_the_state_they_expect(store: JobStore) -> None:
    job = new_job()
    call = job.calls[0]
    await store.add(job)
    assert await store.start(job.id, 2.0)
    assert not await store.start(job.id, 3.0)
    assert await store.change_call(call, ["planned"], state="submitting", submitted_at=2.0)
    assert not await store.change_call(call, ["planned"], state="submitting", submitted_at=9.0)
    assert await store.finish(job.id, "canceled", finished_at=4.0)
    assert not await store.finish(job.id, "succeeded", finished_at=5.0)
    kept = await store.get(job.id)
    assert kept
    assert (kept.status, kept.started_at, kept.finished_at) == ("canceled", 2.0, 4.0)
    assert kept.calls[0].submitted_at == 2.0


async def test_pictures_and_success_are_kept_together(store: JobStore) -> None:
    job = new_job()
    await store.add(job)
    await store.change_call(job.calls[0], ["planned"], state="accepted", ticket={"id": "t"})
    file = picture(job)
    values = {"state": "succeeded", "charged": "yes", "reported_usd": 0.03, "finished_at": 3.0}
    await store.keep_result(job.calls[0], [file], **values)
    await store.keep_result(job.calls[0], [replace(file, id=new_id())], **values)
    kept = await store.get(job.id)
    assert kept
    assert kept.files == (file,), "a call that has ended takes no second result"
    assert (kept.calls[0].state, kept.reported_usd, kept.charged) == ("succeeded", 0.03, "yes")
    assert await store.file(file.id) == file
    assert await store.file("nope") is None


async def test_a_lost_submit_is_uncertain_after_a_restart_and_a_ticket_is_not(store: JobStore) -> None:
    job = new_job(calls=3)
    await store.add(job)
    await store.change_call(job.calls[0], ["planned"], state="submitting")
    await store.change_call(job.calls[1], ["planned"], state="accepted", ticket={"id": "t"})
    assert await store.lost_submits(9.0) == 1
    (kept,) = await store.unfinished()
    assert [call.state for call in kept.calls] == ["uncertain", "accepted", "planned"]
    assert kept.calls[0].error
    assert kept.calls[0].error["code"] == "PROVIDER_ERROR"
    assert kept.charged == "unknown"


async def test_unfinished_holds_canceled_jobs_whose_pictures_may_come(store: JobStore) -> None:
    waiting, done = new_job(), new_job()
    for job in (waiting, done):
        await store.add(job)
        await store.change_call(job.calls[0], ["planned"], state="accepted", ticket={"id": "t"})
        await store.finish(job.id, "canceled", finished_at=1.0)
    await store.change_call(done.calls[0], ["accepted"], state="failed")
    assert [job.id for job in await store.unfinished()] == [waiting.id]


async def test_one_job_a_key_however_concurrently(store: JobStore) -> None:
    jobs = [new_job() for _ in range(50)]
    answers = await asyncio.gather(
        *(store.add(job, ("key", "print")) for job in jobs), return_exceptions=True
    )
    winners = [job for job, answer in zip(jobs, answers, strict=True) if answer is None]
    assert len(winners) == 1
    assert sum(isinstance(answer, KeyTaken) for answer in answers) == 49
    assert await store.by_key("ann", "key") == ("print", winners[0].id)
    assert await store.by_key("bob", "key") is None
    assert len(await store.page("ann", 100)) == 1


async def test_pages_are_newest_first_and_an_owners_own(store: JobStore) -> None:
    mine = [new_job() for _ in range(5)]
    for job in (*mine, new_job("bob")):
        await store.add(job)
    newest = sorted((job.id for job in mine), reverse=True)
    first = await store.page("ann", 2)
    second = await store.page("ann", 10, before=first[-1].id)
    assert [job.id for job in (*first, *second)] == newest
