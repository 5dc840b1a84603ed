"""Where the studio's data lies, who can read it, and whether it is still there after a restart."""

import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

VOLUME = Path("/data")
"""Where the persistent storage of a Space is mounted (hub/spaces-storage in its documentation), and ours."""
MOUNTS = Path("/proc/self/mountinfo")
log = logging.getLogger(__name__)

PRIVATE = 0o700
"""The rights on the data folder: those of the studio's account."""
EPHEMERAL = ("tmpfs", "ramfs", "overlay")
"""File systems that end with the machine or container."""


def try_to_write(folder: Path) -> bool:
    """Whether bytes written in a folder reach the disk. Blocking; leaves nothing behind."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            return True
    except OSError:
        return False


def free_bytes(folder: Path) -> int:
    """What the studio's account may still write on a folder's disk. Blocking."""
    return shutil.disk_usage(folder).free


class UnusableData(Exception):
    """What lies in the data folder can't be used. The message, one line, names it and says what to do."""


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, or where it would be made. Tries, and leaves nothing behind."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return True
    except OSError:
        return False


def default_folder(
    on_space: bool, volume: Path = VOLUME, writable: Callable[[Path], bool] = is_writable
) -> Path:
    """The data folder where none is set: on a Space the first of its volume, `data` and a temporary folder
    that can be written, elsewhere `data`."""
    here = Path("data")
    if not on_space:
        return here
    choices = (*([volume] if volume.is_dir() else []), here, Path(tempfile.gettempdir()) / "imagestudio")
    return next((folder for folder in choices if writable(folder)), here)


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The data folder, as it is found."""

    folder: Path
    writable: bool
    durable: bool
    """Whether what is written outlives the container. On a machine of one's own it does."""


def inspect_folder(folder: Path, on_space: bool, mounts: Path = MOUNTS) -> DataFolder:
    """How a folder stands. Blocking."""
    there = folder.absolute()
    return DataFolder(there, is_writable(there), _is_durable(there.resolve(), on_space, mounts))


def _is_durable(folder: Path, on_space: bool, mounts: Path) -> bool:
    """A container's own files go with it; what is mounted into it stays."""
    try:
        types = dict(_mount(line) for line in mounts.read_text().splitlines())
    except OSError:  # not Linux
        return not on_space
    if not on_space and types.get(Path("/")) not in EPHEMERAL:
        return True
    under = [path for path in types if folder.is_relative_to(path)]
    if not under:
        return False
    nearest = max(under, key=lambda path: len(path.parts))
    return nearest != Path("/") and types[nearest] not in EPHEMERAL


def _mount(line: str) -> tuple[Path, str]:
    """The mount point and the type of file system (proc_pid_mountinfo(5)); a later line covers an earlier."""
    mine, _, theirs = line.partition(" - ")
    point = mine.split(" ")[4].encode().decode("unicode_escape")
    return Path(point), theirs.split(" ")[0]


def make_private(folder: Path) -> None:
    """Make a data folder that the studio's account alone can enter, or take all others' rights on the one
    that is there: whoever made it may have left it open. Blocking. Raises `UnusableData`."""
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        rights = folder.stat().st_mode & 0o777
    except OSError as error:
        raise UnusableData(
            f"{folder}: the data folder can't be used ({error.strerror}). Set another IMAGESTUDIO_DATA_DIR."
        ) from None
    if rights & ~PRIVATE:
        try:
            folder.chmod(rights & PRIVATE)
        except OSError:  # a volume that somebody else owns: what is made in it is hidden all the same
            log.warning(
                "%s belongs to another account, and others may look into it. Change its owner.", folder
            )


def neutral_name(folder: Path) -> Path:
    """A path to a folder, made if it is not there, that does not tell where the data lies; removed with the
    process. The folder's own path where none can be made. Blocking. Raises `OSError`."""
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    try:
        names = Path(tempfile.mkdtemp(prefix="imagestudio-"))
        name = names / "files"
        name.symlink_to(folder, target_is_directory=True)
    except OSError:
        return folder
    atexit.register(shutil.rmtree, names, ignore_errors=True)
    return name


def hide_new_files() -> None:
    """Whatever this process makes from now on is readable by its account alone."""
    os.umask(0o077)


def try_lock(folder: Path, stack: AsyncExitStack | ExitStack) -> bool:
    """Whether this is the only process on a data folder, until the stack is closed: then nobody else's lease
    can be alive."""
    lock = FileLock(folder / "studio.lock", blocking=False)
    try:
        lock.acquire()
    except Timeout:
        return False
    stack.callback(lock.release)
    return True
