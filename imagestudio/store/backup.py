"""A copy of all that a studio keeps, taken while it runs; a data folder made of one buys nothing again.

A backup is a folder, which later ones only bring up to date, or a tar archive. It holds the database as
of one moment, then each picture that this database names, then the secrets. Its database has a name of its
own, so that no studio starts on a backup by mistake: only `restore` makes one that may be started.
"""

import os
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, Select, create_engine, select, update
from sqlalchemy.pool import NullPool

from imagestudio.core.data_dir import UnusableData, make_private, try_lock
from imagestudio.core.errors import ProviderFailed
from imagestudio.core.messages import Message
from imagestudio.store.database import explaining, prepare_database
from imagestudio.store.jobs import conclude_job
from imagestudio.store.migrate import file_of
from imagestudio.store.tables import calls, files, jobs

DATABASE = "backup.db"
SECRETS = ("secret-key", "webhook-secret")
PICTURE = re.compile(r"files/[0-9a-f]{2}/[0-9A-Za-z]+\.[0-9a-z]+")
UNFINISHED = ".part"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds."""

    pictures: int
    copied: int
    """Of them, those that were not in it already."""
    missing: tuple[str, ...]
    """Names of pictures that were not on disk, or not as their checksum says."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was made of a backup."""

    pictures: int
    missing: tuple[str, ...]
    uncertain: int
    """Jobs whose request may have been sent after the backup was taken."""


class Archive(Protocol):
    """Where a backup is written: a folder or a tar; another kind is one more class."""

    def has(self, name: str, sha256: str) -> bool:
        """Whether a file of this name and checksum is there."""

    def add(self, name: str, source: Path, sha256: str | None = None) -> None:
        """Put a file's bytes under a name. Raises `Damaged` where they are not as the checksum says."""

    def keep_only(self, names: set[str]) -> None:
        """Remove what has other names."""


class Damaged(Exception):
    """A file is not what its checksum says."""


def back_up(url: str, data: Path, to: Path) -> Saved:
    """Write a backup, while the studio runs or not. Blocking. Raises `UnusableData`."""
    source = Path(file_of(url))
    if not source.is_file():
        raise UnusableData(f"{source}: there is no database here to back up. Set IMAGESTUDIO_DATA_DIR.")
    with _failing_on(to), _writing(to) as archive:
        copy = to.with_name(f"{to.name}{UNFINISHED}.db")
        try:
            with explaining(url):
                rows = _copy_database(source, copy)
            archive.add(DATABASE, copy)
        finally:
            copy.unlink(missing_ok=True)
        wanted = {f"files/{name}": sha256 for name, sha256 in rows}
        copied, missing = 0, []
        for name, sha256 in wanted.items():
            if archive.has(name, sha256):
                continue
            try:
                archive.add(name, data / name, sha256)
                copied += 1
            except (FileNotFoundError, Damaged):  # deleted since, or not as it was
                missing.append(name)
        secrets = {name for name in SECRETS if (data / name).is_file()}
        for name in sorted(secrets):
            archive.add(name, data / name)
        archive.keep_only({DATABASE, *secrets, *wanted})
    return Saved(len(wanted) - len(missing), copied, tuple(missing))


def restore(source: Path, url: str, data: Path, at: float) -> Restored:
    """Make an empty data folder a studio again. What could be bought a second time becomes `uncertain`: the
    studio that the backup was taken of may have sent it since. Blocking. Raises `UnusableData`; the folder
    has no database then and stays startable by nobody's mistake."""
    database = Path(file_of(url))
    if database.exists():
        raise UnusableData(f"{database}: there is a database already. Restore into an empty data folder.")
    make_private(data)
    unfinished = database.with_name(f"{database.name}{UNFINISHED}")
    with _failing_on(source), _alone_on(data):
        found = _unpack(source, data, unfinished)
        unfinished_url = f"sqlite:///{unfinished}"
        prepare_database(unfinished_url)
        with explaining(unfinished_url), _transaction(unfinished) as connection:
            uncertain = _mark_uncertain(connection, at)
            named = [(row.name, row.sha256) for row in connection.execute(_pictures())]
        missing = [f"files/{name}" for name, sha in named if found.get(f"files/{name}") != sha]
        _close_log(unfinished)
        _sync(unfinished)
        unfinished.rename(database)
    return Restored(len(named) - len(missing), tuple(missing), uncertain)


def _pictures() -> Select[tuple[str, str]]:
    """Those that are there: their names and checksums."""
    return select(files.c.name, files.c.sha256).where(files.c.gone.is_(None) | (files.c.gone == "binned"))


def _copy_database(source: Path, copy: Path) -> list[tuple[str, str]]:
    """Copy the database as it is at one moment; the pictures that the copy names, with their checksums."""
    copy.unlink(missing_ok=True)
    read_only = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(read_only, uri=True)) as running, closing(sqlite3.connect(copy)) as backup:
        # All pages in one step: readers are in no writer's way, and no writer changes what they see.
        running.backup(backup)
        backup.execute("PRAGMA journal_mode=DELETE")
    with _transaction(copy) as connection:
        return [(row.name, row.sha256) for row in connection.execute(_pictures())]


@contextmanager
def _transaction(path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _close_log(path: Path) -> None:
    """Bring the write-ahead log into the file itself, which is about to get another name."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _mark_uncertain(connection: Connection, at: float) -> int:
    """End what was not sent yet, or was being sent; the number of jobs. What has a ticket is followed on."""
    to_send = calls.c.state.in_(("planned", "submitting"))
    leases = select(jobs.c.id, jobs.c.lease).where(jobs.c.id.in_(select(calls.c.job_id).where(to_send)))
    open_jobs = connection.execute(leases).all()
    error = ProviderFailed(
        Message("provider.lost", why=Message("provider.restored")), charged="unknown"
    ).failure
    ending = {"state": "uncertain", "error": error, "finished_at": at, "charged": "unknown"}
    connection.execute(update(calls).where(to_send).values(**ending))
    connection.execute(update(jobs).values(worker=None, lease_until=None))
    for job in open_jobs:
        conclude_job(connection, job.id, job.lease, at)
    return len(open_jobs)


# Where a backup is


@contextmanager
def _writing(to: Path) -> Iterator[Archive]:
    if to.suffix == ".tar":
        unfinished = to.with_name(f"{to.name}{UNFINISHED}")
        with tarfile.open(unfinished, "w") as tar:
            yield _Tar(tar)
        _sync(unfinished)
        unfinished.replace(to)
        return
    if to.exists() and not (to / DATABASE).is_file() and (not to.is_dir() or any(to.iterdir())):
        raise UnusableData(f"{to}: this is neither empty nor a backup. Name another folder, or a .tar file.")
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield _Folder(to)


class _Folder:
    """A backup as a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, name: str, sha256: str) -> bool:
        path = self._root / name
        return path.is_file() and _checksum(path) == sha256

    def add(self, name: str, source: Path, sha256: str | None = None) -> None:
        target = self._root / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with source.open("rb") as file:
            _write(file, target, sha256)

    def keep_only(self, names: set[str]) -> None:
        for path in (self._root / "files").glob("??/*"):
            if path.relative_to(self._root).as_posix() not in names:
                path.unlink()


class _Tar:
    """A backup as an archive, written anew each time."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def has(self, name: str, sha256: str) -> bool:
        return False

    def add(self, name: str, source: Path, sha256: str | None = None) -> None:
        if sha256 is not None and _checksum(source) != sha256:
            raise Damaged(name)
        self._tar.add(source, name, recursive=False)

    def keep_only(self, names: set[str]) -> None:
        pass


def _unpack(source: Path, data: Path, database: Path) -> dict[str, str]:
    """Put a backup's files where they belong; the checksums of its pictures by name. Nothing but what a
    backup holds is taken, whatever names an archive brings."""
    found: dict[str, str] = {}
    has_database = False
    for name, file in _members(source):
        if name == DATABASE:
            _write(file, database)
            has_database = True
        elif name in SECRETS:
            _write(file, data / name)
        elif PICTURE.fullmatch(name):
            target = data / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            found[name] = _write(file, target)
    if not has_database:
        raise UnusableData(f"{source}: this is no backup of a studio: it has no {DATABASE}.")
    return found


def _members(source: Path) -> Iterator[tuple[str, IO[bytes]]]:
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    yield path.relative_to(source).as_posix(), file
        return
    with tarfile.open(source, "r:") as tar:
        for member in tar:
            if member.isreg() and (content := tar.extractfile(member)):
                yield member.name, content


def _write(file: IO[bytes], target: Path, sha256: str | None = None) -> str:
    """Write a file whole or not at all, for the studio's account alone; its checksum."""
    unfinished = target.with_name(f"{target.name}{UNFINISHED}")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
        copy.seek(0)
        checksum = file_digest(copy, "sha256").hexdigest()
    if sha256 not in (None, checksum):
        unfinished.unlink()
        raise Damaged(target.name)
    unfinished.replace(target)
    return checksum


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def _alone_on(data: Path) -> Iterator[None]:
    with ExitStack() as stack:
        if not try_lock(data, stack):
            raise UnusableData(f"{data}: a studio runs on this folder. Stop it, or name an empty one.")
        yield


@contextmanager
def _failing_on(path: Path) -> Iterator[None]:
    """Raises what the disk or an archive refuses as `UnusableData`."""
    try:
        yield
    except (OSError, tarfile.TarError) as error:
        raise UnusableData(f"{path}: {' '.join(str(error).split())}") from None
