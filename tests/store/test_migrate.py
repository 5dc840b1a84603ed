"""The schema: as `tables.py` says, and the same for a database that took the ten steps before the release."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from imagestudio.core.errors import Failure
from imagestudio.core.job import Delivery
from imagestudio.core.messages import plain
from imagestudio.store.api_keys import ApiKeys
from imagestudio.store.comparisons import ComparisonStore, Verdict
from imagestudio.store.database import Database
from imagestudio.store.durations import DurationStore
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases
from imagestudio.store.library import Filter, LibraryStore
from imagestudio.store.migrate import UnknownSchema, is_current, migrate
from imagestudio.store.shares import Shares
from imagestudio.store.tables import metadata

TEN_STEPS = Path(__file__).with_name("ten_steps.sql")
BEGAN = 1_764_000_000.0


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database that the last of ten unreleased migrations left."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TEN_STEPS.read_text())
    return path


def rows(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        there = {name for (name,) in tables} & set(metadata.tables)
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in there}


def schema(path: Path) -> set[tuple[object, ...]]:
    """Every column, whatever its place, and every index, foreign key, trigger and virtual table."""
    with closing(sqlite3.connect(path)) as connection:
        others = "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' OR sql LIKE '%VIRTUAL%'"
        found: set[tuple[object, ...]] = {
            (kind, name, sql and re.sub(r"\s+", " ", sql)) for kind, name, sql in connection.execute(others)
        }
        for table in metadata.tables:
            columns = (
                f"SELECT '{table}', name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('{table}')"
            )
            keys = f'SELECT \'{table}\', "table", "from", "to" FROM pragma_foreign_key_list(\'{table}\')'
            found.update(connection.execute(columns), connection.execute(keys))
    return found


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert not is_current(url)
    migrate(url)
    assert is_current(url)
    migrate(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        # A virtual table, and those that SQLite keeps it in.
        ours = {"include_name": lambda name, *_: not str(name).startswith("library_search")}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []
    engine.dispose()


def test_what_ten_steps_made_becomes_the_same_schema(old: Path, tmp_path: Path) -> None:
    migrate(f"sqlite:///{old}")
    migrate(f"sqlite:///{tmp_path / 'new.db'}")
    assert schema(old) == schema(tmp_path / "new.db")


async def test_a_database_of_ten_steps_opens_with_all_that_is_in_it(old: Path) -> None:
    before = rows(old)
    assert all(before.values()), "something in every table"
    database = Database(f"sqlite:///{old}")
    await database.open()
    after = rows(old)
    assert after.pop("ended_sessions") == []
    assert {job for job, _ in after.pop("prompt_words")} >= {job for job, _ in before.pop("prompt_words")}
    for table, added in (("jobs", (None, None, "")), ("comparisons", (None,))):
        before[table] = [row + added for row in before[table]]
    assert after == before

    store = JobStore(database)
    jobs = {job.id: job for job in (*await store.page("ann", 50), *await store.page("session:bob", 50))}
    assert len(jobs) == len(before["jobs"])
    drawn, failed, uncertain, running, queued, canceled, signs, edited, unstored = (
        jobs[job_id] for job_id in sorted(jobs)
    )
    assert (drawn.status, drawn.reported_usd, drawn.charged) == ("succeeded", 0.06, "yes")
    assert [call.seed for call in drawn.calls] == [77, 78]
    assert [(file.favourite, file.gone) for file in drawn.files] == [(True, None), (False, "binned")]
    assert drawn.warnings == (plain("The seed was taken as it is."),)
    assert drawn.delivery == Delivery(1, None, BEGAN + 21, None)
    assert failed.delivery == Delivery(1, BEGAN + 300, None, "HTTP 503")
    assert (failed.guest, failed.error) == (
        True,
        Failure(
            "PROVIDER_ERROR",
            plain("Black Forest Labs failed: the task ended."),
            {"charged": "no", "provider": "bfl"},
        ),
    )
    assert uncertain.offers == ("look_again", "run_again")
    assert await store.sealed_key(running.id) == b"\x01sealed\xff\x00key"
    assert (queued.prompt, canceled.calls[0].state, unstored.calls[0].state) == (
        "夜の東京タワー",
        "dropped",
        "unstored",
    )
    assert await store.find_key("ann", "key-1") == ("f" * 64, drawn.id)

    library = LibraryStore(database)
    assert [entry.file.id for entry in await library.page("ann", Filter(), 9)] == [
        edited.files[0].id,
        signs.files[0].id,
        drawn.files[0].id,
    ]
    for text, job in (("fox", drawn), ("赤い", signs), ("night", edited)):
        assert [entry.file.job_id for entry in await library.page("ann", Filter(text=text), 9)] == [job.id]
    assert {job.id for job in await library.edit_family("ann", edited.files[0].id)} == {drawn.id, edited.id}
    shares = Shares(database, lambda: BEGAN)
    assert await shares.find(str(await shares.get(drawn.files[0]))) == drawn.files[0]
    (comparison,) = await ComparisonStore(database, lambda: BEGAN).page("ann", 9)
    assert [entry.job_id for entry in comparison.entries] == [drawn.id, edited.id, None]
    assert comparison.verdict == Verdict(2, (1, 2))
    assert [(key.name, key.revoked_at, key.caps.usd_month) for key in await ApiKeys(database).all()] == [
        ("ci", None, 20.0),
        ("old", BEGAN + 2, None),
    ]
    durations = DurationStore(database)
    await durations.open()
    assert durations.of("flux-2-pro").usual_s == pytest.approx(5.4, abs=0.1)

    leases = Leases(database, "new", 30, payers=["studio", "visitor", "nobody"])
    assert await leases.list_free(BEGAN + 500) == [running.id, queued.id]
    assert await leases.claim(queued.id, BEGAN + 500)
    await store.reopen(unstored.id, quietly=True)
    await database.close()
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("INSERT INTO library_search (library_search) VALUES ('integrity-check')")
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_prompts_of_an_old_database_are_found_folded(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        for table, key, values in (
            ("jobs", "id", {"id": "j" * 32, "prompt": "Straße 🦊"}),
            ("files", "job_id", {"id": "f" * 32, "job_id": "j" * 32, "call": None, "gone": None}),
        ):
            connection.row_factory = sqlite3.Row
            query = f"SELECT * FROM {table} WHERE owner = 'ann' AND {key} LIKE 'job%1'"
            row = {**connection.execute(query).fetchone(), **values}
            marks = ", ".join(f":{name}" for name in row)
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)
        connection.commit()
    migrate(f"sqlite:///{old}")
    database = Database(f"sqlite:///{old}")
    library = LibraryStore(database)
    for text in ("strasse", "🦊"):
        assert [entry.file.id for entry in await library.page("ann", Filter(text=text), 9)] == ["f" * 32]
    await database.close()


@pytest.mark.parametrize("revision", ["0007", "9999"])
def test_a_schema_that_is_not_known_is_left_alone_and_said(old: Path, revision: str) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()
    before = old.read_bytes()
    with pytest.raises(UnknownSchema, match=f"has schema {revision}"):
        migrate(f"sqlite:///{old}")
    assert old.read_bytes() == before
