"""Picture files: written under a temporary name, synced, then renamed, so that none is ever half there."""

import asyncio
import os
import time
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path

from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.ids import new_id
from imagestudio.core.job import FileKind, StoredFile
from imagestudio.core.request import InputImage
from imagestudio.media.formats import NO_PICTURE, MediaInfo, NotAnImage, extension
from imagestudio.media.identify import UNKNOWN, identify

LEFT_S = 3600.0
"""Seconds after which nobody writes to a temporary file any more."""


class Files:
    """The folder of pictures. Names are made here and hold nothing that a caller chose."""

    def __init__(self, root: Path, on_checkpoint: OnCheckpoint = ignore_checkpoint) -> None:
        self.root = root
        self._on_checkpoint = on_checkpoint
        self._incoming, self._received = root / "incoming", root / "received"

    async def open(self, *, alone: bool = True) -> None:
        """Make the folder, and clear what an earlier process left half written: all of it where this one is
        `alone` on it, else only what is so old that the other can't be writing it."""
        await asyncio.to_thread(self._open, alone)

    def _open(self, alone: bool) -> None:
        for folder in (self._incoming, self._received):
            folder.mkdir(parents=True, exist_ok=True)
        for leftover in self._incoming.iterdir():
            if alone or _age(leftover) > LEFT_S:
                leftover.unlink(missing_ok=True)

    def temporary_path(self) -> Path:
        """A fresh temporary path to write to."""
        return self._incoming / new_id()

    async def write(self, incoming: Path, data: bytes) -> None:
        """Put bytes under a temporary path."""
        await asyncio.to_thread(incoming.write_bytes, data)

    async def receive(self, file_id: str, data: bytes) -> Path:
        """Put bytes that are nowhere else on the disk, whole and durable, before anybody looks into them:
        where they lie until they are kept. A start finds them there: see `received`."""
        incoming = self.temporary_path()
        try:
            await self.write(incoming, data)
            return await asyncio.to_thread(self._receive, incoming, file_id)
        except BaseException:
            await self.drop(incoming)
            raise

    def _receive(self, incoming: Path, file_id: str) -> Path:
        target = self._received / file_id
        _sync(incoming, os.O_RDWR)
        incoming.rename(target)
        _sync(self._received, os.O_RDONLY)
        return target

    async def keep_result(
        self, incoming: Path, file_id: str, owner: str, at: float, sha256: str | None = None
    ) -> StoredFile:
        """Make what a provider sent permanent and durable, as what it is by its bytes, whatever is wrong with
        it. `sha256` is its checksum in hex where that is known. Raises `media.NotAnImage` for what is no
        picture, which stays where it is."""
        return await asyncio.to_thread(self._keep_result, incoming, file_id, owner, at, sha256)

    def _keep_result(
        self, incoming: Path, file_id: str, owner: str, at: float, sha256: str | None
    ) -> StoredFile:
        file = self._measure(incoming, "result", owner, at, sha256, identify(incoming), file_id)
        return self._keep(incoming, file)

    async def keep_leftover(self, incoming: Path, owner: str, at: float) -> StoredFile:
        """Make permanent and durable what came in a picture's place."""
        return await asyncio.to_thread(self._keep_leftover, incoming, owner, at)

    def _keep_leftover(self, incoming: Path, owner: str, at: float) -> StoredFile:
        info = MediaInfo(NO_PICTURE, UNKNOWN, UNKNOWN)
        return self._keep(incoming, self._measure(incoming, "leftover", owner, at, None, info))

    async def keep_input(self, incoming: Path, owner: str, at: float, info: MediaInfo) -> StoredFile:
        """Make a picture to edit, which was found to be `info`, permanent and durable."""
        return await asyncio.to_thread(self._keep_input, incoming, owner, at, info)

    def _keep_input(self, incoming: Path, owner: str, at: float, info: MediaInfo) -> StoredFile:
        return self._keep(incoming, self._measure(incoming, "input", owner, at, None, info))

    def _keep(self, incoming: Path, file: StoredFile) -> StoredFile:
        name = _name(file.id, file.mime_type)
        self._rename(incoming, name)
        return replace(file, name=name)

    async def find(self, file_id: str, owner: str, at: float) -> StoredFile | None:
        """The result of that id, whose bytes a process left without a record; None where there is none."""
        return await asyncio.to_thread(self._find, file_id, owner, at)

    def _find(self, file_id: str, owner: str, at: float) -> StoredFile | None:
        received = self._received / file_id
        kept = next((self.root / file_id[-2:]).glob(f"{file_id}.*"), None)
        try:
            if kept is not None:
                return self._measure(kept, "result", owner, at, None, identify(kept), file_id)
            return self._keep_result(received, file_id, owner, at, None) if received.exists() else None
        except NotAnImage:
            return self._keep_leftover(received, owner, at)

    def _rename(self, incoming: Path, name: str) -> None:
        # The order is the promise: bytes, then name, then the folder that holds the name. A folder that is
        # new is in its own folder first.
        target = self.root / name
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            _sync(self.root, os.O_RDONLY)
        _sync(incoming, os.O_RDWR)
        self._on_checkpoint(Checkpoint.SYNCED_FILE, name)
        incoming.rename(target)
        self._on_checkpoint(Checkpoint.RENAMED_FILE, name)
        _sync(target.parent, os.O_RDONLY)

    async def measure_input(self, incoming: Path, owner: str, at: float, info: MediaInfo) -> StoredFile:
        """A picture to edit that is only looked at, and stays where it is."""
        return await asyncio.to_thread(self._measure, incoming, "input", owner, at, None, info)

    def _measure(
        self,
        incoming: Path,
        kind: FileKind,
        owner: str,
        at: float,
        sha256: str | None,
        info: MediaInfo,
        file_id: str | None = None,
    ) -> StoredFile:
        return StoredFile(
            id=file_id or new_id(),
            kind=kind,
            name=incoming.relative_to(self.root).as_posix(),
            mime_type=info.mime_type,
            width=info.width,
            height=info.height,
            bytes=incoming.stat().st_size,
            sha256=sha256 or _checksum(incoming),
            created_at=at,
            owner=owner,
        )

    async def drop(self, incoming: Path) -> None:
        """Remove a temporary file that is not wanted."""
        await asyncio.to_thread(incoming.unlink, missing_ok=True)

    async def remove(self, name: str) -> None:
        """Remove a file that no record names."""
        await asyncio.to_thread((self.root / name).unlink, missing_ok=True)

    async def names(self) -> set[str]:
        """The names of all kept files."""
        return await asyncio.to_thread(self._names)

    def _names(self) -> set[str]:
        return {
            path.relative_to(self.root).as_posix()
            for path in (*self.root.glob("??/*"), *self._received.iterdir())
        }

    def path(self, name: str) -> Path:
        """Where a kept file lies."""
        return self.root / name

    def input_image(self, file: StoredFile) -> InputImage:
        """A stored picture, as providers are given it to edit."""
        return InputImage(self.path(file.name), file.mime_type, file.width, file.height)


def _name(file_id: str, mime_type: str) -> str:
    return f"{file_id[-2:]}/{file_id}{extension(mime_type)}"


def _age(path: Path) -> float:
    """Seconds since a file was last written; 0 where it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
