"""A picture to edit goes again where no job comes of it."""

import asyncio
import sqlite3

import pytest

from imagestudio.core.errors import BudgetExceeded, StudioError
from imagestudio.core.job import Job
from imagestudio.core.settings import Settings
from imagestudio.studio.service import Studio, Upload
from tests.jobs.conftest import Emulator, png
from tests.opened import open_studio

EDIT = {"prompt": "winter", "model": "flux-kontext"}


def inputs(settings: Settings) -> tuple[int, set[str]]:
    """How many pictures to edit are recorded, and which files there are that no record names."""
    with sqlite3.connect(settings.data_dir / "studio.db") as database:
        (records,) = database.execute("SELECT count(*) FROM files WHERE kind = 'input'").fetchone()
        named = {name for (name,) in database.execute("SELECT name FROM files")}
    root = settings.data_dir / "files"
    kept = {path.relative_to(root).as_posix() for path in root.glob("[0-9a-f][0-9a-f]/*")}
    return records, (kept | {path.name for path in (root / "incoming").iterdir()}) - named


async def test_a_budget_that_refuses_an_edit_keeps_nothing_of_it(settings: Settings) -> None:
    async with open_studio(settings.model_copy(update={"budget_usd_day": 0.01})) as studio:
        with pytest.raises(BudgetExceeded):
            await studio.submit("edit", EDIT, upload=Upload(png()))
        assert inputs(settings) == (0, set())


async def test_what_was_here_before_stays(settings: Settings, emulator: Emulator) -> None:
    async with open_studio(settings) as studio:
        job = await studio.wait((await studio.submit("edit", EDIT, upload=Upload(png()))).id, 60)
    async with open_studio(settings.model_copy(update={"budget_usd_day": 0.01})) as studio:
        with pytest.raises(BudgetExceeded):
            await studio.run_again(job.id)
        _, path = await studio.file(job.input_file or "")
        assert path.read_bytes() == png()
        assert inputs(settings) == (1, set())


async def test_duplicates_at_once_keep_one_picture(
    settings: Settings, studio: Studio, emulator: Emulator
) -> None:
    async def ask() -> Job | StudioError:
        return await studio.submit("edit", EDIT, upload=Upload(png()), idempotency_key="once")

    jobs = await asyncio.gather(*(ask() for _ in range(10)))
    assert len({job.id for job in jobs if isinstance(job, Job)}) == 1
    await studio.wait(jobs[0].id, 60)
    assert inputs(settings) == (1, set())
    assert len(emulator.submits) == 1


async def test_a_dry_run_keeps_nothing(settings: Settings, studio: Studio) -> None:
    await studio.submit("edit", EDIT | {"dry_run": True}, upload=Upload(png()))
    assert inputs(settings) == (0, set())
