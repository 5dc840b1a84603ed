"""The intent of a submit can't be written down: then nothing is sent, and it cost nothing."""

import sqlite3
from contextlib import closing

from imagestudio.core.settings import Settings
from imagestudio.studio.service import Studio
from tests.jobs.conftest import BFL, Emulator

REFUSE = """
CREATE TRIGGER refuse BEFORE UPDATE ON calls WHEN NEW.state = 'submitting'
BEGIN SELECT RAISE(ABORT, 'the disk is on strike'); END
"""


async def test_what_cannot_be_written_down_is_not_sent(
    studio: Studio, settings: Settings, emulator: Emulator
) -> None:
    with closing(sqlite3.connect(settings.data_dir / "studio.db", isolation_level=None)) as other:
        other.execute(REFUSE)
        job = await studio.submit("generate", {"prompt": "a hill", "model": BFL})
        ended = await studio.wait(job.id, 60)
        other.execute("DROP TRIGGER refuse")
    assert ended.error is not None
    assert (ended.status, ended.charged, ended.error.details["charged"]) == ("failed", "no", "no")
    assert "strike" not in str(ended.error.text)
    assert emulator.submits == []
    again = await studio.submit("generate", {"prompt": "a hill", "model": BFL})
    assert (await studio.wait(again.id, 60)).status == "succeeded"
    assert len(emulator.submits) == 1
