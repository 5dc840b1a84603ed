"""The ledger's sums: right to the millionth of a dollar, an owner's own, and read by an index."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from imagestudio.core.errors import Charged
from imagestudio.core.job import CallRecord, CallState, Job, StoredFile
from imagestudio.store.budget import spent_since
from imagestudio.store.database import Database
from imagestudio.store.job_rows import columns
from imagestudio.store.tables import calls, files, jobs
from imagestudio.store.usage import GroupBy, Selection, Usage, total, usage
from tests.store.conftest import new_job, picture

Sums = tuple[CallState, Charged, float | None, float | None]
DAY = 86_400.0
PAID: list[Sums] = [("succeeded", "yes", 0.1, None)]
ALL = Selection("ann", True, 0.0, 10 * DAY)


async def keep(database: Database, new_jobs: Iterable[Job], pictures: Iterable[StoredFile] = ()) -> None:
    job_rows, file_rows = list(new_jobs), list(pictures)

    def change(connection: Connection) -> None:
        connection.execute(insert(jobs), [columns(jobs, job) for job in job_rows])
        connection.execute(insert(calls), [columns(calls, call) for job in job_rows for call in job.calls])
        if file_rows:
            connection.execute(insert(files), [columns(files, file) for file in file_rows])

    await database.write(change)


async def look(database: Database, group_by: GroupBy, selection: Selection = ALL) -> list[Usage]:
    return await database.read(lambda connection: usage(connection, selection, group_by))


def made(states: Iterable[Sums], **values: Any) -> Job:
    """A job with a call for each state, charged, reported and reserved."""
    job = replace(new_job(), **values)
    return replace(
        job,
        calls=tuple(
            CallRecord(
                job.id,
                position,
                "/x",
                {},
                state=state,
                charged=charged,
                reported_usd=reported,
                reserved_usd=reserved,
            )
            for position, (state, charged, reported, reserved) in enumerate(states)
        ),
    )


async def test_each_call_counts_once_and_as_what_it_is(database: Database) -> None:
    first = made([("succeeded", "yes", 0.03, 0.09), ("succeeded", "yes", None, 0.04)], created_at=1.0)
    second = made(
        [
            ("failed", "unknown", 0.05, 0.07),
            ("uncertain", "unknown", None, 0.07),
            ("failed", "no", 0.01, 0.07),
        ],
        created_at=2.0,
    )
    third = made([("accepted", "unknown", None, 0.11), ("planned", "no", None, None)], created_at=3.0)
    await keep(database, [first, second, third], [picture(first), picture(first, 1)])
    (sums,) = await look(database, "model")
    assert sums == Usage(
        "flux-2-pro",
        jobs=3,
        images=2,
        calls=7,
        charged_usd=Decimal("0.07"),
        estimated_usd=Decimal("0.04"),
        unknown_usd=Decimal("0.12"),
        reserved_usd=Decimal("0.11"),
    )


async def test_groups_are_by_model_provider_or_day(database: Database) -> None:
    await keep(
        database,
        [
            made(PAID, created_at=0.0),
            made(PAID, created_at=DAY - 0.001, model="sd-3.5", provider="fal"),
            made(PAID, created_at=DAY, model="flux-1.1-pro"),
        ],
    )
    expected: tuple[tuple[GroupBy, dict[str, int]], ...] = (
        ("model", {"flux-1.1-pro": 1, "flux-2-pro": 1, "sd-3.5": 1}),
        ("provider", {"bfl": 2, "fal": 1}),
        ("day", {"1970-01-01": 2, "1970-01-02": 1}),
    )
    for group_by, keys in expected:
        sums = await look(database, group_by)
        assert {group.key: group.jobs for group in sums} == keys
        assert [group.key for group in sums] == list(keys)
        assert (total(sums).jobs, total(sums).charged_usd) == (3, Decimal("0.3"))


async def test_only_what_was_chosen_is_counted(database: Database) -> None:
    await keep(
        database,
        [
            made(PAID, created_at=10.0),
            made(PAID, created_at=20.0),
            made(PAID, created_at=15.0, owner="bob"),
            made(PAID, created_at=15.0, demo=False),
        ],
    )
    for since, until, number in ((10.0, 20.0, 1), (10.0, 20.001, 2), (10.001, 20.0, 0), (30.0, 5.0, 0)):
        assert total(await look(database, "day", Selection("ann", True, since, until))).jobs == number


async def test_sums_are_exact_and_the_same_as_the_budgets(database: Database) -> None:
    random = Random(7)
    states: list[tuple[CallState, Charged]] = [
        ("succeeded", "yes"),
        ("failed", "unknown"),
        ("accepted", "unknown"),
    ]
    prices = [round(random.random() / 3, 6) for _ in range(500)]
    jobs_made = [made([(*random.choice(states), price, None)], created_at=5.0) for price in prices]
    await keep(database, jobs_made)
    sums = total(await look(database, "day"))
    exact = sum((Decimal(str(price)) for price in prices), Decimal(0))
    assert sums.charged_usd + sums.unknown_usd + sums.reserved_usd == exact
    spent = await database.read(lambda connection: spent_since(connection, 0.0, jobs.c.demo))
    assert spent == pytest.approx(float(exact), abs=1e-6)


async def test_a_period_is_found_by_an_index(database: Database) -> None:
    statement = (
        "EXPLAIN QUERY PLAN SELECT count(*) FROM jobs WHERE owner = 'a' AND created_at >= 1 AND demo IS 1"
    )
    plan = await database.read(lambda connection: connection.execute(text(statement)).all())
    assert "jobs_by_owner_and_time (owner=? AND created_at>?)" in plan[0].detail


async def test_a_days_sums_take_no_longer_because_of_all_the_others(database: Database) -> None:
    """Not by the clock: by the steps of SQLite's machine."""

    async def steps() -> int:
        counted = 0

        def look(connection: Connection) -> None:
            def count() -> int:
                nonlocal counted
                counted += 1
                return 0

            raw: Any = connection.connection.driver_connection
            raw.set_progress_handler(count, 10)
            usage(connection, Selection("ann", True, 0.0, DAY), "day")
            raw.set_progress_handler(None, 0)

        await database.read(look)
        return counted

    await keep(database, [made(PAID, created_at=5.0) for _ in range(50)])
    alone = await steps()
    await keep(database, [made(PAID, created_at=5 * DAY) for _ in range(1000)])
    assert await steps() < alone * 1.5
