"""Many pictures as one zip file, written while it is sent."""

import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imagestudio.media import formats as media
from imagestudio.media.export.recipe import SIDECAR

CHUNK = 256 * 1024
"""Bytes that are read, and about as many that are given out, at a time."""
MAX_WORDS = 40
"""Characters of a prompt in a file name."""
MISSING = "missing.txt"
"""Names what was chosen and is gone."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the pack."""

    name: str
    created_at: float
    """Seconds since 1970."""
    source: Path | bytes
    sidecar: bytes | None = None
    """A recipe that goes beside it as NAME.recipe.json."""


def picture_name(created_at: float, model: str, prompt: str, file_id: str, mime_type: str) -> str:
    """A name to find a picture again by, such as 2026-11-24_flux-2-pro_a-red-fox_1a2b.png.

    Letters and digits of any script, hyphens, dots and underscores: a prompt can't make it a path.
    """
    day = datetime.fromtimestamp(created_at, UTC).date().isoformat()
    parts = (day, model, words(prompt), file_id[-4:])
    return "_".join(part for part in parts if part) + media.extension(mime_type)


def words(prompt: str) -> str:
    """The beginning of a prompt as lower-case words with hyphens between, at most 40 characters."""
    text = unicodedata.normalize("NFC", prompt[: MAX_WORDS * 4]).lower()
    pieces = "".join(character if character.isalnum() else " " for character in text).split()
    line = "-".join(pieces)
    if len(line) <= MAX_WORDS:
        return line
    whole, _, _ = line[: MAX_WORDS + 1].rpartition("-")
    return whole or line[:MAX_WORDS]


def pack(items: Iterable[Item]) -> Iterator[bytes]:
    """The zip file in pieces. Files are stored as they are, pictures don't get smaller; no two share a name.

    Blocking: run each step in a thread. Memory holds one piece, and an item's `source` where that is bytes:
    items are taken one by one, as the receiver takes the pieces. A file that is gone is named in missing.txt.
    """
    pieces = _Pieces()
    stems: set[str] = {Path(MISSING).stem}
    missing: list[Item] = []
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as archive:
        for item in items:
            stem, ending = _free(item.name, stems)
            try:
                for _ in _add(archive, stem + ending, item.created_at, item.source):
                    yield pieces.take()
            except FileNotFoundError:
                missing.append(item)
                continue
            if item.sidecar is not None:
                archive.writestr(_entry(stem + SIDECAR, item.created_at), item.sidecar)
            yield pieces.take()
        if missing:
            lines = ["These files are gone from the studio's disk:", *(item.name for item in missing)]
            archive.writestr(_entry(MISSING, missing[-1].created_at), "\n".join(lines) + "\n")
    yield pieces.take()


class _Pieces:
    """Takes what `zipfile` writes until it is taken away. It can't seek, so sizes follow their files."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        piece = bytes(self._written)
        self._written.clear()
        return piece


def _add(archive: zipfile.ZipFile, name: str, created_at: float, source: Path | bytes) -> Iterator[None]:
    """Writes a file into the archive, stopping after each chunk."""
    if isinstance(source, bytes):
        archive.writestr(_entry(name, created_at), source)
        return
    with source.open("rb") as file, archive.open(_entry(name, created_at), "w") as entry:
        while chunk := file.read(CHUNK):
            entry.write(chunk)
            yield


def _entry(name: str, created_at: float) -> zipfile.ZipInfo:
    moment = datetime.fromtimestamp(created_at, UTC)
    entry = zipfile.ZipInfo(name, (max(moment.year, 1980), *moment.timetuple()[1:6]))
    entry.external_attr = 0o644 << 16
    return entry


def _free(name: str, stems: set[str]) -> tuple[str, str]:
    """The name's stem and ending, the stem with a number where it was taken; systems differ in case."""
    safe = name.replace("\\", "/").rpartition("/")[2].lstrip(".") or "picture"
    path = Path(safe)
    stem, number = path.stem, 2
    while stem.casefold() in stems:
        stem, number = f"{path.stem}-{number}", number + 1
    stems.add(stem.casefold())
    return stem, path.suffix
