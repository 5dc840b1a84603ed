"""Picture files: written under a temporary name, synced, then renamed, so that none is ever half there."""

import asyncio
import os
import time
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path
from typing import Literal

from imagestudio.core.checkpoints import Checkpoint, OnCheckpoint, ignore_checkpoint
from imagestudio.core.ids import new_id
from imagestudio.core.job import StoredFile
from imagestudio.core.request import InputImage
from imagestudio.media.formats import MediaInfo, extension, inspect

Kind = Literal["result", "input"]
LEFT_S = 3600.0
"""Seconds after which nobody writes to a temporary file any more."""


class Files:
    """The folder of pictures. Names are made here and hold nothing that a caller chose."""

    def __init__(self, root: Path, on_checkpoint: OnCheckpoint = ignore_checkpoint) -> None:
        self.root = root
        self._on_checkpoint = on_checkpoint
        self._incoming = root / "incoming"

    async def open(self, *, alone: bool = True) -> None:
        """Make the folder, and clear what an earlier process left half written: all of it where this one is
        `alone` on it, else only what is so old that the other can't be writing it."""
        await asyncio.to_thread(self._open, alone)

    def _open(self, alone: bool) -> None:
        self._incoming.mkdir(parents=True, exist_ok=True)
        for leftover in self._incoming.iterdir():
            if alone or _age(leftover) > LEFT_S:
                leftover.unlink(missing_ok=True)

    def temporary_path(self) -> Path:
        """A fresh temporary path to write to."""
        return self._incoming / new_id()

    async def write(self, incoming: Path, data: bytes) -> None:
        """Put bytes under a temporary path."""
        await asyncio.to_thread(incoming.write_bytes, data)

    async def save(
        self,
        incoming: Path,
        kind: Kind,
        owner: str,
        at: float,
        sha256: str | None = None,
        info: MediaInfo | None = None,
    ) -> StoredFile:
        """Read what a temporary file is from its bytes, and make it permanent and durable.

        `sha256` is its checksum in hex, `info` what it is, where those are known. Raises `media.NotAnImage`
        or `media.TooManyPixels`.
        """
        return await asyncio.to_thread(self._save, incoming, kind, owner, at, sha256, info)

    def _save(
        self, incoming: Path, kind: Kind, owner: str, at: float, sha256: str | None, info: MediaInfo | None
    ) -> StoredFile:
        file = self._measure(incoming, kind, owner, at, sha256, info)
        name = f"{file.id[-2:]}/{file.id}{extension(file.mime_type)}"
        self._rename(incoming, name)
        return replace(file, name=name)

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

    async def measure(
        self, incoming: Path, kind: Kind, owner: str, at: float, info: MediaInfo | None = None
    ) -> StoredFile:
        """Read what a temporary file is, and leave it where it is. Raises as `save` does."""
        return await asyncio.to_thread(self._measure, incoming, kind, owner, at, None, info)

    def _measure(
        self, incoming: Path, kind: Kind, owner: str, at: float, sha256: str | None, info: MediaInfo | None
    ) -> StoredFile:
        info = info or inspect(incoming)
        return StoredFile(
            id=new_id(),
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
            for path in self.root.glob("??/*")
            if path.parent != self._incoming
        }

    def path(self, name: str) -> Path:
        """Where a kept file lies."""
        return self.root / name

    def input_image(self, file: StoredFile) -> InputImage:
        """A stored picture, as providers are given it to edit."""
        return InputImage(self.path(file.name), file.mime_type, file.width, file.height)


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
