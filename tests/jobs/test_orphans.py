"""Pictures that had come and were not recorded, for their process was killed or the database was locked."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from imagestudio.core.job import Job
from imagestudio.core.settings import Settings
from imagestudio.store.library import Filter
from tests.jobs.conftest import BFL, FAL, GOOGLE, Emulator, run
from tests.opened import open_studio
from tests.tables import rows

STATES = {"submitting": "running", "uncertain": "uncertain", "failed": "failed", "unstored": "failed"}


def forget(settings: Settings, jobs: list[Job], state: str) -> None:
    """The database as it was before these jobs' pictures were recorded."""
    with closing(sqlite3.connect(settings.data_dir / "studio.db", isolation_level=None)) as database:
        for job in jobs:
            database.execute("DELETE FROM library WHERE file_id = ?", (job.files[0].id,))
            database.execute("DELETE FROM files WHERE job_id = ?", (job.id,))
            database.execute(
                "UPDATE calls SET state = ?, charged = 'unknown' WHERE job_id = ?", (state, job.id)
            )
            values = (STATES[state], "another" if state == "submitting" else None, job.id)
            database.execute("UPDATE jobs SET status = ?, worker = ? WHERE id = ?", values)


def unread(settings: Settings, job: Job) -> None:
    """The bytes as they lie before anything has looked into them."""
    files: Path = settings.data_dir / "files"
    (files / job.files[0].name).rename(files / "received" / job.files[0].id)


@pytest.mark.slow
@rows("state", STATES)
async def test_a_picture_whose_job_is_known_is_given_to_it(
    settings: Settings, emulator: Emulator, state: str
) -> None:
    async with open_studio(settings) as studio:
        made = [await run(studio, model) for model in (GOOGLE, GOOGLE, BFL, FAL)]
    forget(settings, made, state)
    unread(settings, made[0])
    sent = len(emulator.submits)
    async with open_studio(settings) as studio:
        for job in made:
            while not (found := await studio.job(job.id)).ended or not found.files:
                await asyncio.sleep(0.02)
            assert (found.status, found.error, found.charged, found.offers) == ("succeeded", None, "yes", ())
            assert [file.sha256 for file in found.pictures] == [file.sha256 for file in job.pictures]
            assert (await studio.file(found.files[0].id))[1].exists()
        assert len({entry.file.id for entry in await studio.library_page(Filter(), 99)}) >= len(made)
    assert len(emulator.submits) == sent
    emulator.app.state.journal.clear()
