"""Small pictures for lists, made when first asked for and then kept.

Making one takes longer than bringing the picture here: no run pays for it, whoever looks first does.
"""

import asyncio
from pathlib import Path

from imagestudio import media
from imagestudio.errors import NotFound
from imagestudio.ids import new_id
from imagestudio.jobs import StoredFile
from imagestudio.store.files import Files

SIDE = 512
"""Pixels of the longer side, at most."""
FOLDER = "thumbnails"


class Thumbnails:
    """WebP files beside the pictures. One is made at a time, in a thread: the runs need the processor too."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._turn = asyncio.Lock()

    async def of(self, file: StoredFile) -> Path:
        """Where a picture's thumbnail lies. Raises `NotFound` for a drawing and for a picture that is gone or
        damaged."""
        if file.mime_type == media.SVG:
            raise NotFound("A drawing has no thumbnail: it is sharp at any size. Take the file itself.")
        target = self._files.path(f"{FOLDER}/{file.id[-2:]}/{file.id}.webp")
        if not await asyncio.to_thread(target.exists):
            async with self._turn:
                await asyncio.to_thread(_make, self._files.path(file.name), target)
        return target


def _make(source: Path, target: Path) -> None:
    if target.exists():  # somebody else's turn came first
        return
    try:
        small = media.shrink(source, SIDE)
    except FileNotFoundError as error:
        raise NotFound("The file is gone from the studio's disk.") from error
    except (media.NotAnImage, media.TooManyPixels) as error:
        raise NotFound(f"The file has no thumbnail: {error}") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{new_id()}")
    unfinished.write_bytes(small)
    unfinished.rename(target)
