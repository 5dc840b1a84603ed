"""What the database lets go of with time, and what it never does."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from imagestudio.store.database import Database, url_of
from imagestudio.store.tables import idempotency_keys, jobs, webhooks
from tests.api.conftest import API
from tests.limits.conftest import Clock, Reopen

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUN = {"json": {"prompt": "x"}, "headers": {"Idempotency-Key": "once"}}
Tables = tuple[list[str], list[str]]


async def tables(data: Path, change: Any = None) -> Tables:
    """The keys and the messages that are there, after a change."""

    def look(connection: Connection) -> Tables:
        if change is not None:
            connection.execute(change)
        kept = connection.execute(select(idempotency_keys.c.key).order_by(idempotency_keys.c.key)).scalars()
        return list(kept), list(connection.execute(select(webhooks.c.id).order_by(webhooks.c.id)).scalars())

    database = Database(url_of(None, data))
    try:
        return await database.write(look)
    finally:
        await database.close()


async def until(data: Path, wanted: Tables) -> None:
    while await tables(data) != wanted:
        await asyncio.sleep(0)


async def test_a_key_is_kept_for_a_week_and_its_job_for_ever(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        first = (await api.post(f"{API}/generate", **RUN)).json()["data"]
        clock.pass_days(6.9)
    async with reopen() as api:
        assert (await api.post(f"{API}/generate", **RUN)).json()["data"]["id"] == first["id"]
    clock.pass_days(0.2)
    async with reopen() as api:
        await until(tmp_path, ([], []))
        again = (await api.post(f"{API}/generate", **RUN)).json()["data"]
        assert again["id"] != first["id"]
        assert (await api.get(f"{API}/jobs/{first['id']}")).json()["data"] == first


async def test_the_key_of_a_job_that_has_not_ended_stays(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        for key in ("ended", "going on"):
            answer = await api.post(f"{API}/generate", json={"prompt": key}, headers={"Idempotency-Key": key})
            assert answer.status_code == 200
    # Of a payer whose means are not here: nobody takes it up.
    waiting = update(jobs).where(jobs.c.prompt == "going on").values(status="queued", payer="nobody")
    await tables(tmp_path, waiting)
    clock.pass_days(8)
    async with reopen(IMAGESTUDIO_SANDBOX="off"):
        await until(tmp_path, (["going on"], []))


async def test_messages_go_after_a_month_but_a_job_tells_its_latest_for_ever(
    reopen: Reopen, clock: Clock, tmp_path: Path
) -> None:
    async with reopen() as api:
        job = (await api.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]["id"]
    url = "https://x.example"
    await tables(tmp_path, update(jobs).where(jobs.c.id == job).values(webhook_url=url))
    for name, days, arrived in (
        ("msg_1", 0, True),
        ("msg_2", 1, False),
        ("msg_3", 20, True),
        ("msg_4", 21, True),
    ):
        at = clock.now + days * 24 * 3600
        row = {"id": name, "job_id": job, "url": url, "attempts": days, "created_at": at}
        await tables(tmp_path, webhooks.insert().values(**row, delivered_at=at if arrived else None))
    clock.pass_days(32)
    async with reopen():
        await until(tmp_path, ([], ["msg_3", "msg_4"]))
    clock.pass_days(32)
    async with reopen() as api:
        await until(tmp_path, ([], ["msg_4"]))
        told = (await api.get(f"{API}/jobs/{job}")).json()["data"]["webhook"]
    assert (told["attempts"], told["next_at"]) == (21, None)
    assert told["delivered_at"]
