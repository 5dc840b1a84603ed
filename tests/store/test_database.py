"""Durable at every commit, and no change in the way of another."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from imagestudio.core.data_dir import UnusableData
from imagestudio.store.database import Database
from imagestudio.store.jobs import IdempotencyKey, JobStore, KeyTaken
from tests.store.conftest import new_job

Damage = Callable[[Path], None]


def one(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


@dataclass
class Locked:
    database: Database
    other: sqlite3.Connection
    caplog: pytest.LogCaptureFixture

    async def until(self, text: str) -> None:
        while text not in self.caplog.text:
            await asyncio.sleep(0.01)


async def test_the_database_is_durable_at_every_commit(database: Database) -> None:
    def pragmas(connection: Connection) -> list[Any]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert await database.write(pragmas) == ["wal", 2, 1]  # 2 is FULL


async def test_a_change_that_fails_spoils_no_other(store: JobStore) -> None:
    first, second = new_job(), new_job()
    key = IdempotencyKey("k", "f")
    twice = [store.add(job, [key]) for job in (first, second)]
    others = [new_job() for _ in range(20)]
    results = await asyncio.gather(*twice, *(store.add(job) for job in others), return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], KeyTaken)
    assert results[2:] == [None] * 20
    stored = await store.page("ann", 100)
    assert {job.id for job in stored} == {job.id for job in (first, *others)}


async def test_a_writer_that_fails_answers_and_comes_back(database: Database, monkeypatch: Any) -> None:
    def fail(*_: object) -> None:
        raise OSError("no more of anything")

    with monkeypatch.context() as broken:
        broken.setattr(database, "_commit", fail)
        results = await asyncio.gather(*(database.write(one) for _ in range(3)), return_exceptions=True)
    assert [str(result) for result in results] == ["no more of anything"] * 3
    assert await database.write(one) == 1


@pytest.mark.parametrize("error", [StopIteration(), SystemExit(1), KeyboardInterrupt(), MemoryError()])
async def test_whatever_a_change_raises_is_answered(database: Database, error: BaseException) -> None:
    def change(connection: Connection) -> None:
        raise error

    with pytest.raises((RuntimeError, MemoryError)):
        await database.write(change)
    assert await database.write(lambda connection: connection.execute(text("SELECT 1")).scalar()) == 1


async def test_a_connection_that_broke_is_made_anew(database: Database) -> None:
    def break_it(connection: Connection) -> None:
        connection.connection.driver_connection.close()  # type: ignore[union-attr]
        connection.execute(text("SELECT 1"))

    with pytest.raises(ProgrammingError):
        await database.write(break_it)
    assert await database.write(lambda connection: connection.execute(text("SELECT 1")).scalar()) == 1


@pytest.fixture
async def locked(tmp_path: Path, caplog: Any) -> AsyncIterator[Locked]:
    """A database, and another process's hold on it."""
    database = Database(f"sqlite:///{tmp_path / 'studio.db'}")
    await database.open()
    with closing(sqlite3.connect(tmp_path / "studio.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield Locked(database, other, caplog)
    await database.close()


async def test_what_another_process_locked_is_waited_for(locked: Locked) -> None:
    """By all who come meanwhile, and none for itself."""
    changes = [asyncio.create_task(locked.database.write(one)) for _ in range(20)]
    await locked.until("changes wait for the database (database is locked)")
    assert not any(change.done() for change in changes)
    locked.other.execute("COMMIT")
    assert await asyncio.gather(*changes) == [1] * 20
    await locked.until("the database takes changes again")


async def test_who_waits_for_a_database_keeps_nobody_from_closing_it(locked: Locked) -> None:
    change = asyncio.create_task(locked.database.record(one))
    await locked.until("changes wait")
    await locked.database.close()
    with pytest.raises(OperationalError, match="locked"):
        await change


async def test_what_was_paid_for_waits_for_room(database: Database, caplog: Any) -> None:
    most = 1

    def limited(connection: Connection) -> int:
        # SQLite takes no less than there are: as on a disk that has no room for one more.
        connection.execute(text(f"PRAGMA max_page_count = {most}"))
        connection.execute(text("CREATE TABLE filled AS SELECT zeroblob(1000000)"))
        return 1

    with pytest.raises(OperationalError, match="full"):
        await database.write(limited)
    recorded = asyncio.create_task(database.record(limited))
    while "changes wait for the database (database or disk is full)" not in caplog.text:
        await asyncio.sleep(0.01)
    assert not recorded.done()
    most = 1_000_000
    assert await recorded == 1


def truncate(path: Path) -> None:
    with path.open("rb+") as file:
        file.truncate(40_000)


def garble_head(path: Path) -> None:
    path.write_bytes(b"\x07" * 100 + path.read_bytes()[100:])


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


@pytest.mark.parametrize("damage", [truncate, garble_head, make_folder, make_newer])
async def test_what_cannot_be_opened_is_said_in_one_line(tmp_path: Path, damage: Damage) -> None:
    path = tmp_path / "studio.db"
    good = Database(f"sqlite:///{path}")
    await good.open()
    await good.close()
    damage(path)
    damaged = Database(f"sqlite:///{path}")
    with pytest.raises(UnusableData) as refused:
        await damaged.open()
    assert str(refused.value).startswith(f"{path}: ")
    assert len(str(refused.value).splitlines()) == 1
    await damaged.close()
