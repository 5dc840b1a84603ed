"""Where the data goes, and whether it stays."""

import tempfile
from pathlib import Path

import pytest

from imagestudio.core.data_dir import DataFolder, default_folder, inspect_folder
from tests.tables import rows

ROOT_MOUNT = "21 1 0:20 / / rw,relatime - {kind} none rw"
CONTAINER = ROOT_MOUNT.format(kind="overlay")
MACHINE = ROOT_MOUNT.format(kind="ext4")


def test_a_machine_of_ones_own_keeps_its_data_beside_the_code(tmp_path: Path) -> None:
    assert default_folder(on_space=False, volume=tmp_path) == Path("data")


def test_a_space_keeps_it_in_its_volume(tmp_path: Path) -> None:
    assert default_folder(on_space=True, volume=tmp_path) == tmp_path


def test_a_volume_that_is_a_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "volume").touch()
    assert default_folder(on_space=True, volume=tmp_path / "volume") == Path("data")


@rows(
    ("closed", "chosen"),
    [
        ({"/data"}, Path("data")),
        ({"/data", "data"}, Path(tempfile.gettempdir()) / "imagestudio"),
    ],
)
def test_the_next_one_is_taken_where_nothing_can_be_written(closed: set[str], chosen: Path) -> None:
    assert default_folder(on_space=True, writable=lambda folder: str(folder) not in closed) == chosen


@pytest.mark.parametrize(
    ("mounts", "on_space", "durable"),
    [
        ([MACHINE], False, True),
        ([MACHINE], True, False),
        ([CONTAINER], False, False),
        ([CONTAINER, "30 21 8:1 / {} rw - ext4 /dev/sdb rw"], False, True),
        ([CONTAINER, "30 21 8:1 / {} rw - ext4 /dev/sdb rw"], True, True),
        ([CONTAINER, "30 21 8:1 / {} rw - tmpfs none rw"], True, False),
        (
            [CONTAINER, "30 21 8:1 / {} rw - fuse.hf none rw", "31 21 8:1 / {}/deep rw - tmpfs none rw"],
            True,
            True,
        ),
    ],
)
def test_what_is_mounted_into_a_container_stays(
    tmp_path: Path, mounts: list[str], on_space: bool, durable: bool
) -> None:
    (tmp_path / "mountinfo").write_text("\n".join(mounts).format(*[tmp_path] * 2) + "\n")
    place = inspect_folder(tmp_path / "studio", on_space, tmp_path / "mountinfo")
    assert place == DataFolder(tmp_path / "studio", True, durable)


def test_a_machine_that_tells_no_mounts_keeps_what_it_has(tmp_path: Path) -> None:
    assert inspect_folder(tmp_path, False, tmp_path / "missing").durable
