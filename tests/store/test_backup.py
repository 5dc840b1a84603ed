"""Backups of a studio that runs, at each step of a job, and what is made of them: nothing is bought twice."""

import io
import os
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from imagestudio.cli import main
from imagestudio.core.checkpoints import Checkpoint
from imagestudio.core.data_dir import UnusableData
from imagestudio.core.settings import Settings
from imagestudio.store.backup import DATABASE, back_up, restore
from tests.jobs.conftest import BFL, FAL, GOOGLE, Emulator, emulator, run, settings
from tests.opened import open_studio

__all__ = ["emulator", "settings"]

STEPS = list(Checkpoint)


def url(data: Path) -> str:
    return f"sqlite:///{data / 'studio.db'}"


def elsewhere(settings: Settings, data: Path) -> Settings:
    return settings.model_copy(update={"data_dir": data})


@pytest.mark.parametrize(
    "model", [BFL, *(pytest.param(model, marks=pytest.mark.slow) for model in (GOOGLE, FAL))]
)
async def test_a_copy_of_any_moment_buys_nothing_again(
    settings: Settings, emulator: Emulator, tmp_path: Path, model: str
) -> None:
    taken: dict[Checkpoint, Path] = {}

    def copy(step: Checkpoint, _: str) -> None:
        if step not in taken:
            taken[step] = tmp_path / f"{step.name}.tar"
            back_up(url(settings.data_dir), settings.data_dir, taken[step])

    async with open_studio(settings, on_checkpoint=copy) as studio:
        original = await run(studio, model)
        assert original.status == "succeeded"
    submits = len(emulator.submits)
    endings: Counter[str] = Counter()
    for step, backup in taken.items():
        data = tmp_path / step.name
        restored = restore(backup, url(data), data, 1.8e9)
        async with open_studio(elsewhere(settings, data)) as studio:
            job = await studio.wait(original.id, 60)
            endings[job.status] += 1
            assert restored.uncertain == (job.status == "uncertain"), step
            assert job.status == "succeeded" or job.offers, step
            for file in job.files:
                assert (data / "files" / file.name).is_file()
    assert len(emulator.submits) == submits
    assert set(endings) == {"uncertain", "succeeded"}
    assert {Checkpoint.KEPT_JOB, Checkpoint.WROTE_INTENT, Checkpoint.KEPT_RESULT} <= set(taken)


async def test_a_folder_is_brought_up_to_date(settings: Settings, tmp_path: Path) -> None:
    data, backup = settings.data_dir, tmp_path / "backup"
    async with open_studio(settings) as studio:
        first = (await run(studio, GOOGLE)).files[0]
        assert back_up(url(data), data, backup).copied == 1
        second = (await run(studio, GOOGLE)).files[0]
        (backup / "files" / first.name).write_bytes(b"rotten")
        saved = back_up(url(data), data, backup)
        assert (saved.pictures, saved.copied, saved.missing) == (2, 2, ())
        assert back_up(url(data), data, backup).copied == 0
        (data / "files" / second.name).unlink()
        (backup / "files" / second.name).unlink()
        assert back_up(url(data), data, backup).missing == (f"files/{second.name}",)
    assert (backup / "files" / first.name).read_bytes() == (data / "files" / first.name).read_bytes()
    assert not (backup / "studio.db").exists(), "no studio starts on a backup by mistake"


async def test_what_is_no_empty_folder_or_no_backup_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    data, other = settings.data_dir, tmp_path / "other"
    other.mkdir()
    (other / "letter").write_text("mine")
    with pytest.raises(UnusableData, match="neither empty nor a backup"):
        back_up(url(data), data, other)
    with pytest.raises(UnusableData, match="no backup of a studio"):
        restore(other, url(tmp_path / "new"), tmp_path / "new", 1.8e9)
    with pytest.raises(UnusableData, match="a database already"):
        restore(other, url(data), data, 1.8e9)
    (tmp_path / "torn.tar").write_bytes(os.urandom(3000))
    with pytest.raises(UnusableData, match=r"torn\.tar"):
        restore(tmp_path / "torn.tar", url(tmp_path / "new"), tmp_path / "new", 1.8e9)


async def test_an_archive_writes_nothing_but_a_backups_files(settings: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    back_up(url(settings.data_dir), settings.data_dir, archive)
    with tarfile.open(archive, "a") as tar:
        for name in (
            "../escaped",
            "files/../../escaped",
            "/escaped",
            "files/ab/x.png/../../../y",
            "studio.db",
        ):
            info = tarfile.TarInfo(name)
            info.size = 1
            tar.addfile(info, io.BytesIO(b"x"))
    data = tmp_path / "inner" / "new"
    restore(archive, url(data), data, 1.8e9)
    made = {path.name for path in (tmp_path / "inner").rglob("*") if path.is_file()}
    assert made - {"studio.lock"} == {"studio.db"}
    assert not (tmp_path / "escaped").exists()


def test_the_commands(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = os.umask(0o022)
    monkeypatch.setenv("IMAGESTUDIO_DATA_DIR", str(settings.data_dir))
    assert main(["backup", str(tmp_path / "b")]) == 0
    assert (tmp_path / "b" / DATABASE).stat().st_mode & 0o077 == 0
    monkeypatch.setenv("IMAGESTUDIO_DATA_DIR", str(tmp_path / "new"))
    assert main(["restore", str(tmp_path / "b")]) == 0
    assert "0 jobs are uncertain now" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "b")]) == 2
    assert main(["backup", str(tmp_path / "b")]) == 0
    os.umask(before)
