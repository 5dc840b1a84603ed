"""A file written and hashed off the event loop, gone again if anything goes wrong."""

import asyncio
import hashlib
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

CHUNK, PIECES = 1024 * 1024, 256
"""Bytes, and pieces of them, gathered before a thread is bothered: a host may send one byte at a time."""


@dataclass(frozen=True, slots=True)
class Written:
    """SHA-256 in hex and size in bytes."""

    sha256: str
    size: int


class FileSink:
    """`async with` it, `write` any number of times, then `finish`. Left unfinished, the file is removed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self._size = 0
        self._gathered: list[bytes] = []
        self._waiting = 0
        self._finished = False
        self._closed = False
        # A cancelled task leaves its thread at work: closing waits for it here, and it finds the file closed.
        self._lock = threading.Lock()

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self._open)
        except BaseException:
            await asyncio.to_thread(self._remove)
            raise
        return self

    async def write(self, data: bytes) -> None:
        """Take bytes. They are passed on as they came, about a MiB together."""
        self._gathered.append(data)
        self._waiting += len(data)
        if self._waiting >= CHUNK or len(self._gathered) >= PIECES:
            await asyncio.to_thread(self._append, self._take())

    async def finish(self) -> Written:
        """Write what is left and keep the file."""
        await asyncio.to_thread(self._finish, self._take())
        return Written(self._hash.hexdigest(), self._size)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None or not self._finished:
            await asyncio.to_thread(self._remove)

    def _take(self) -> list[bytes]:
        gathered, self._gathered, self._waiting = self._gathered, [], 0
        return gathered

    def _open(self) -> None:
        with self._lock:
            if not self._closed:
                self._file = self._path.open("wb")

    def _append(self, pieces: list[bytes]) -> None:
        with self._lock:
            if self._file is not None:
                for piece in pieces:
                    self._file.write(piece)
                    self._hash.update(piece)
                    self._size += len(piece)

    def _finish(self, pieces: list[bytes]) -> None:
        self._append(pieces)
        with self._lock:
            if self._file is not None:
                self._file.close()  # what was buffered may not fit on the disk: unfinished, then
                self._file = None
                self._finished = True

    def _remove(self) -> None:
        with self._lock:
            self._closed = True
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()
            if self._file is not None or self._finished:
                self._path.unlink(missing_ok=True)
            self._file = None
