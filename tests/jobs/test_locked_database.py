"""Another process holds the database with jobs under way: nothing fails of it, or is bought twice."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from imagestudio.core.settings import Settings
from imagestudio.studio.service import Studio
from tests.jobs.conftest import BFL, FAL, GOOGLE, Emulator

pytestmark = pytest.mark.slow


async def test_who_hangs_up_meanwhile_leaves_a_job_that_runs(
    studio: Studio, settings: Settings, emulator: Emulator, caplog: Any
) -> None:
    with closing(sqlite3.connect(settings.data_dir / "studio.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        asked = asyncio.create_task(studio.submit("generate", {"prompt": "a dale", "model": BFL}))
        while "changes wait for the database" not in caplog.text:
            await asyncio.sleep(0.01)
        asked.cancel()
        await asyncio.wait({asked})
        other.execute("COMMIT")
    while not (jobs := await studio.jobs()):
        await asyncio.sleep(0.01)
    job = await studio.wait(jobs[0].id, 60)
    assert (job.status, job.lease) == ("succeeded", 1), "nobody had to take it up"
    assert len(emulator.submits) == 1


async def test_jobs_wait_for_a_locked_database(
    studio: Studio, settings: Settings, emulator: Emulator, caplog: Any
) -> None:
    under_way = [
        await studio.submit("generate", {"prompt": "a hill", "model": model}) for model in (BFL, FAL, GOOGLE)
    ]
    with closing(sqlite3.connect(settings.data_dir / "studio.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        asked = asyncio.create_task(studio.submit("generate", {"prompt": "a dale", "model": BFL}))
        while "changes wait for the database" not in caplog.text:
            await asyncio.sleep(0.01)
        assert not asked.done()
        other.execute("COMMIT")
    jobs = [await studio.wait(job.id, 60) for job in (*under_way, await asked)]
    assert [(job.status, job.error) for job in jobs] == [("succeeded", None)] * 4
    assert len(emulator.submits) == 4
    assert emulator.faults() == []
