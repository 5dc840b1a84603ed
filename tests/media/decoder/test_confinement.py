"""A decoding process that was taken over reaches nothing: what it does is tried in one."""

import logging
import os
from pathlib import Path

import pytest

from imagestudio.cli.check import reach_lines
from imagestudio.cli.serve import warn_of_reach
from imagestudio.media.decoder import confinement
from imagestudio.media.decoder.probe import Reach, probe
from imagestudio.media.decoder.process import Process
from imagestudio.store.database import prepare_database
from tests.fresh import data_folder
from tests.tables import rows


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = data_folder(tmp_path / "data") / "studio.db"
    prepare_database(f"sqlite:///{path}")
    return path


def test_it_reads_no_data_and_reaches_nobody(database: Path) -> None:
    lacks = confinement.missing()
    within_reach = Reach("files" in lacks, "network" in lacks)
    for path in (database, database.parent):
        assert probe(path) == within_reach


def test_it_reads_no_other_processs_secrets(database: Path) -> None:
    for path in (f"/proc/{os.getpid()}/environ", "/etc/passwd", Path.home()):
        assert probe(Path(path)).files is ("files" in confinement.missing())


def test_the_attempts_succeed_where_nothing_confines(database: Path) -> None:
    """Else the refusals above would tell nothing."""
    for path in (database, database.parent):
        assert probe(path, Process(confined=False)) == Reach(files=True, network=True)


@rows(
    ("reach", "data", "network"),
    [
        (Reach(False, False), "out of their reach", "out of their reach"),
        (Reach(True, False), "they could read it.", "out of their reach"),
        (Reach(False, True), "out of their reach", "they could use it."),
    ],
)
def test_check_says_what_is_within_its_reach(reach: Reach, data: str, network: str) -> None:
    first, second = reach_lines(reach)
    assert first.startswith(f"data folder: {data}")
    assert second.startswith(f"network: {network}")


def test_the_start_says_what_the_system_can_not_do(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        warn_of_reach(())
        assert caplog.messages == []
        warn_of_reach(("files", "network"))
    assert "files, network" in caplog.text
