"""Data folders with an empty database in them: running the migrations takes longer than most tests."""

import functools
import shutil
import tempfile
from pathlib import Path

from imagestudio.store.migrate import migrate

NAME = "studio.db"


def data_folder(path: Path) -> Path:
    """The folder, made if need be, as a studio finds it that was started once and never used."""
    path.mkdir(parents=True, exist_ok=True)
    if not (path / NAME).exists():
        (path / NAME).write_bytes(_empty())
    return path


@functools.cache
def _empty() -> bytes:
    folder = Path(tempfile.mkdtemp(prefix="empty-"))
    migrate(f"sqlite:///{folder / NAME}")
    database = (folder / NAME).read_bytes()
    shutil.rmtree(folder)
    return database
