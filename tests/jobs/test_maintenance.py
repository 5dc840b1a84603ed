"""Files that no job knows are named in the log, and left alone."""

import asyncio
import logging

import pytest

from imagestudio.core.settings import Settings
from tests.opened import open_studio


async def test_orphans_are_listed_and_kept_and_half_written_files_are_removed(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_studio(settings) as studio:
        job = await studio.wait((await studio.submit("generate", {"prompt": "x"})).id, 60)
        _, kept = await studio.file(job.files[0].id)
    files = kept.parents[1]
    orphan, half = files / "ab" / "orphan.png", files / "incoming" / "half"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"x")
    half.write_bytes(b"x")
    with caplog.at_level(logging.WARNING):
        async with open_studio(settings):
            while "orphan" not in caplog.text:
                await asyncio.sleep(0.01)
    assert "1 files belong to no job: ab/orphan.png" in caplog.text
    assert kept.exists()
    assert orphan.exists()
    assert not half.exists()


async def test_a_database_that_knows_no_picture_at_all_is_told_of(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """An empty file in its place is a new database."""
    async with open_studio(settings) as studio:
        await studio.wait((await studio.submit("generate", {"prompt": "x"})).id, 60)
    for path in settings.data_dir.glob("studio.db*"):
        path.unlink()
    (settings.data_dir / "studio.db").touch()
    async with open_studio(settings):
        while "The database knows none of the 1 pictures in" not in caplog.text:
            await asyncio.sleep(0.01)
