"""What a start clears of the folder of pictures, and what it leaves to the process beside it."""

import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from imagestudio.core.data_dir import try_lock
from imagestudio.core.settings import load_settings
from imagestudio.server.wiring import open_host
from imagestudio.store.files import LEFT_S


@pytest.mark.parametrize(("alone", "left"), [(True, set()), (False, {"young"})])
async def test_a_start_beside_another_leaves_its_downloads(
    tmp_path: Path, alone: bool, left: set[str]
) -> None:
    incoming = tmp_path / "files" / "incoming"
    incoming.mkdir(parents=True)
    for name in ("old", "young"):
        (incoming / name).write_bytes(b"half a picture")
    hours_ago = (incoming / "old").stat().st_mtime - 2 * LEFT_S
    os.utime(incoming / "old", (hours_ago, hours_ago))
    async with AsyncExitStack() as other:
        if not alone:
            assert try_lock(tmp_path, other)
        async with open_host(load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path})):
            assert {path.name for path in incoming.iterdir()} == left
