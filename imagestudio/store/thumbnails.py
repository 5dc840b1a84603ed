"""Pictures as they are shown: small ones for lists, larger ones of drawings, and drawings that only draw.

Each is made once, when first asked for or when nothing else is to do (`ThumbnailQueue`), and then kept.
Making one takes longer than bringing the picture here: no run pays for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from weakref import WeakValueDictionary

from imagestudio.core.errors import NotFound
from imagestudio.core.ids import new_id
from imagestudio.core.job import StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.turns import STUDIO, Asker
from imagestudio.media import formats as media
from imagestudio.media.decoder.decoder import Decoder
from imagestudio.store.files import Files

SIDE, PREVIEW_SIDE = 512, 1600
"""Pixels of the longer side, at most."""
FOLDER, PREVIEWS, DRAWINGS = "thumbnails", "previews", "drawings"
REMEMBERED = 1000

Make = Callable[[Path], Awaitable[bytes]]


class Thumbnails:
    """Files beside the pictures. One is made at a time for a network of guests, or anybody else: their runs
    need the processor too. Raises `ModelUnavailable` where too many others wait."""

    def __init__(self, files: Files, decoder: Decoder) -> None:
        self._files = files
        self._decoder = decoder
        self._one_each: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._errors: dict[Path, Message] = {}
        """Why there is none. Finding that out took as long as a picture may take."""

    @property
    def idle(self) -> bool:
        """Whether nothing waits for a picture to be decoded."""
        return self._decoder.idle

    async def thumbnail(self, file: StoredFile, asker: Asker = STUDIO) -> Path:
        """Where a picture's thumbnail lies, a WebP. Raises `NotFound` for one that is gone or damaged."""
        return await self._get_or_make(
            file, FOLDER, ".webp", asker, lambda path: self._decoder.shrink(path, SIDE, asker=asker)
        )

    async def preview(self, file: StoredFile, asker: Asker) -> Path:
        """Where a WebP lies that fills a page; a drawing's is drawn so large. Raises as `thumbnail` does."""
        return await self._get_or_make(
            file, PREVIEWS, ".webp", asker, lambda path: self._decoder.shrink(path, PREVIEW_SIDE, asker=asker)
        )

    async def drawing(self, file: StoredFile, asker: Asker) -> Path:
        """Where an SVG lies that looks like a drawing and only draws: see `svg.sanitize`. Raises as those."""
        return await self._get_or_make(
            file, DRAWINGS, ".svg", asker, lambda path: self._decoder.clean(path, asker=asker)
        )

    def error(self, file: StoredFile) -> Message | None:
        """Why a picture has no thumbnail, where one was tried lately and it can't be decoded."""
        return self._errors.get(self._path(file.id, FOLDER, ".webp"))

    async def delete(self, file_id: str) -> None:
        """Remove whatever was made of a picture."""
        for folder, ending in ((FOLDER, ".webp"), (PREVIEWS, ".webp"), (DRAWINGS, ".svg")):
            await asyncio.to_thread(self._path(file_id, folder, ending).unlink, missing_ok=True)

    def _path(self, file_id: str, folder: str, ending: str) -> Path:
        return self._files.path(f"{folder}/{file_id[-2:]}/{file_id}{ending}")

    async def _get_or_make(
        self, file: StoredFile, folder: str, ending: str, asker: Asker, make: Make
    ) -> Path:
        target = self._path(file.id, folder, ending)
        if await asyncio.to_thread(target.exists):
            return target
        async with self._one_each.setdefault(asker.party, asyncio.Lock()):
            if target in self._errors:
                raise NotFound(self._errors[target])
            if not await asyncio.to_thread(target.exists):
                try:
                    data = await make(self._files.path(file.name))
                except FileNotFoundError as error:
                    raise NotFound(Message("file.lost")) from error
                except (media.NotAnImage, media.TooManyPixels) as error:
                    self._remember_error(target, Message("file.not_shown", reason=error.text))
                    raise NotFound(self._errors[target]) from error
                await asyncio.to_thread(_write, target, data)
        return target

    def _remember_error(self, target: Path, why: Message) -> None:
        if len(self._errors) >= REMEMBERED:
            del self._errors[next(iter(self._errors))]
        self._errors[target] = why


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{new_id()}")
    unfinished.write_bytes(data)
    unfinished.rename(target)
