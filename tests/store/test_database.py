"""Durable at every commit, and no change in the way of another."""

import asyncio
from typing import Any

from sqlalchemy import Connection, text

from imagestudio.store.database import Database
from imagestudio.store.jobs import IdempotencyKey, JobStore, KeyTaken
from tests.store.conftest import new_job


async def test_the_database_is_durable_at_every_commit(database: Database) -> None:
    def pragmas(connection: Connection) -> list[Any]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert await database.write(pragmas) == ["wal", 2, 1]  # 2 is FULL


async def test_a_change_that_fails_spoils_no_other(store: JobStore) -> None:
    first, second = new_job(), new_job()
    key = IdempotencyKey("k", "f")
    twice = [store.add(job, key) for job in (first, second)]
    others = [new_job() for _ in range(20)]
    results = await asyncio.gather(*twice, *(store.add(job) for job in others), return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], KeyTaken)
    assert results[2:] == [None] * 20
    stored = await store.page("ann", 100)
    assert {job.id for job in stored} == {job.id for job in (first, *others)}
