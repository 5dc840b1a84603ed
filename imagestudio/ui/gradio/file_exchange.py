"""Files that Gradio's clients hand in or are handed, each under a name that can't be guessed, for its holder.

The data folder itself is never opened to Gradio: a picture is lent under a name that is nowhere on the disk.
Relies on files being named by `path` and marked by `meta._type`, `gradio.FileData`, wherever a call has one.
"""

import math
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from imagestudio.core.settings import Settings
from imagestudio.core.turns import STUDIO, Asker
from imagestudio.core.units import DAY_S, MAX_UPLOAD
from imagestudio.ui.tools import FILE

KEEP_S = DAY_S
"""Seconds after its last use that a file is kept."""
MOST_OF_ONE, MOST_BYTES = 50, 2 * 1024**3
"""Uploads that one holder may have at a time, the oldest of which go first, and bytes of all uploads."""
NETWORK_FILES, NETWORK_PART = 5, 8
"""Guests of one network may have so many holders' worth of uploads, and one in so many of all bytes."""
MOST_LENT = 20_000
ADDRESSES = ("http://", "https://", "data:")
UNUSUAL = re.compile(r"[^\w.\- ]+")
LONGEST_NAME = 100


@dataclass(slots=True)
class SharedFile:
    """A file, and who may have it; None is whoever knows its name."""

    path: Path
    holder: str | None
    used_at: float
    bytes: int = 0
    asker: Asker = STUDIO


def upload_bytes(settings: Settings) -> int:
    """Bytes of all uploads together: beside a disk quota, a tenth of it."""
    quota = settings.disk_quota_mb
    return MOST_BYTES if quota is None else min(MOST_BYTES, max(2 * MAX_UPLOAD, int(quota * 1e6 / 10)))


class Exchange:
    """The files of one server, forgotten with it. `folder` must be one that Gradio takes uploads from."""

    def __init__(self, folder: Path, clock: Callable[[], float], *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._clock = clock
        self._most_bytes = most_bytes
        # Both in the order of their last use. Uploads are written in threads, all else is asked by the loop.
        self._uploads: dict[str, SharedFile] = {}
        self._lent: dict[str, SharedFile] = {}
        self._lock = Lock()

    def open(self) -> None:
        """Remove what a server that was killed has left, once nobody can use it. Blocking."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in self._folder.iterdir():
            if folder.lstat().st_mtime < self._clock() - 2 * KEEP_S:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Remove every upload. Blocking."""
        with self._lock:
            removed = [self._uploads.pop(address) for address in list(self._uploads)]
        _remove(removed)

    def expire(self) -> None:
        """Remove uploads that nobody used for long. Blocking."""
        with self._lock:
            removed = [self._uploads.pop(address) for address in self._unused()]
        _remove(removed)

    def take_in(self, data: bytes, name: str, holder: str | None, asker: Asker = STUDIO) -> str:
        """Keep an upload; its address. Of too many, those of whoever has the most go. Blocking."""
        address = self._new_address(name)
        path = Path(address)
        path.parent.mkdir(mode=0o700, parents=True)
        path.write_bytes(data)
        with self._lock:
            self._uploads[address] = SharedFile(path, holder, self._clock(), len(data), asker)
            removed = self._make_room(holder, asker)
        _remove(removed)
        return address

    def lend(self, path: Path, holder: str | None) -> str:
        """Let a holder fetch a file of the studio's; the address to ask for."""
        address = self._new_address(path.name)
        with self._lock:
            self._lent[address] = SharedFile(path, holder, self._clock())
            oldest = next(iter(self._lent))
            while len(self._lent) > MOST_LENT or self._is_over(self._lent[oldest]):
                del self._lent[oldest]
                oldest = next(iter(self._lent))
        return address

    def find(self, address: object, holder: str | None) -> Path | None:
        """Where the file of an address is, uploaded or lent, if this holder may have it."""
        return self._find(self._uploads, address, holder) or self._find(self._lent, address, holder)

    def _find(self, entries: dict[str, SharedFile], address: object, holder: str | None) -> Path | None:
        if not isinstance(address, str):
            return None
        with self._lock:
            entry = entries.get(address)
            if entry is None or entry.holder not in (None, holder):
                return None
            entry.used_at = self._clock()
            entries[address] = entries.pop(address)
        return entry.path

    def _make_room(self, holder: str | None, asker: Asker) -> list[SharedFile]:
        """Take out what was not used for long, and what is too much of a holder, a network and in all."""
        removed = [self._uploads.pop(address) for address in self._unused()]
        if holder is not None:
            removed += self._take_out(MOST_OF_ONE, self._most_bytes, lambda entry: entry.holder == holder)
        if asker.network:
            files = MOST_OF_ONE * NETWORK_FILES
            size = max(MAX_UPLOAD, self._most_bytes // NETWORK_PART)
            removed += self._take_out(files, size, lambda entry: entry.asker.network == asker.network)
        removed += self._take_out(math.inf, self._most_bytes, lambda entry: True)
        return removed

    def _unused(self) -> list[str]:
        return [address for address, entry in self._uploads.items() if self._is_over(entry)]

    def _take_out(
        self, files: float, size: float, among: Callable[[SharedFile], bool]
    ) -> Iterator[SharedFile]:
        """Of these uploads, as many as are over so many files or bytes: the oldest of the holder who has the
        most, in the network that has the most."""
        left = {address: entry for address, entry in self._uploads.items() if among(entry)}
        while len(left) > files or sum(entry.bytes for entry in left.values()) > size:
            parties, holders = Counter[str](), Counter[tuple[str, str | None]]()
            for entry in left.values():
                parties[entry.asker.party] += entry.bytes
                holders[entry.asker.party, entry.holder] += entry.bytes
            party = max(parties, key=parties.__getitem__)
            most = max((one for one in holders if one[0] == party), key=holders.__getitem__)
            oldest = next(
                address for address, entry in left.items() if (entry.asker.party, entry.holder) == most
            )
            del left[oldest]
            yield self._uploads.pop(oldest)

    def _is_over(self, entry: SharedFile) -> bool:
        return entry.used_at < self._clock() - KEEP_S

    def _new_address(self, name: str) -> str:
        # Separators of every system end here, and what a shell or a header might stumble over.
        last = UNUSUAL.sub("", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
        stem, dot, ending = last.rpartition(".")
        short = f"{stem[:LONGEST_NAME]}{dot}{ending[:LONGEST_NAME]}"
        while len(short.encode()) > 2 * LONGEST_NAME:  # file systems count bytes: 255 at most
            short = short[1:]
        return str(self._folder / secrets.token_urlsafe(24) / (short.strip(". ") or "file"))


def own_files(value: Any, exchange: Exchange, holder: str | None) -> Any:
    """The same value, in which Gradio finds no file but the caller's own.

    Gradio takes any marked object for a file: it would read the path, and download what is an address. An
    address becomes plain text, which the endpoints take as `image_url` and fetch with their own precautions.
    What names anything else loses its mark, and is refused by whoever expects a picture.
    """
    if isinstance(value, list):
        return [own_files(item, exchange, holder) for item in value]
    if not isinstance(value, dict):
        return value
    if "path" not in value or "meta" not in value:
        return {name: own_files(item, exchange, holder) for name, item in value.items()}
    path = value["path"]
    if exchange.find(path, holder):
        name = value.get("orig_name")
        return {"path": path, "orig_name": name if isinstance(name, str) else None, "meta": {"_type": FILE}}
    if isinstance(path, str) and path.lower().startswith(ADDRESSES):
        return path
    return {"path": None}


def _remove(entries: list[SharedFile]) -> None:
    for entry in entries:
        shutil.rmtree(entry.path.parent, ignore_errors=True)
