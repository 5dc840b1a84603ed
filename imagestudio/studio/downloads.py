"""Pictures as people take them away: as they came, or in another format, with their recipe if they want."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from imagestudio.core.errors import Explained, InvalidParameter, NotFound
from imagestudio.core.job import Job, StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.turns import Asker
from imagestudio.media import formats as media
from imagestudio.media.decoder.decoder import Decoder
from imagestudio.media.export.conversion import KINDS, Conversion
from imagestudio.media.export.embed import attach
from imagestudio.media.export.pack import Item, pack, picture_name
from imagestudio.media.export.recipe import Recipe, recipe_of
from imagestudio.store.files import Files

ZIP = "application/zip"
UNREADABLE = (media.NotAnImage, media.TooManyPixels)


@dataclass(frozen=True, slots=True)
class Export:
    """A file to send, under a name by which it is found again."""

    name: str
    mime_type: str
    source: Path | bytes


class Downloads:
    """Makes them. What it makes is not kept: the original is."""

    def __init__(self, files: Files, decoder: Decoder) -> None:
        self._files = files
        self._decoder = decoder

    async def export(
        self,
        job: Job,
        file: StoredFile,
        conversion: Conversion | None,
        recipe: Recipe | None,
        asker: Asker,
    ) -> Export:
        """A picture so converted, or as it came. Where it can't take the recipe in, a zip of both.

        Raises `NotFound` where it is gone from the disk, `InvalidParameter` where it can't be made,
        `ModelUnavailable` where too many others wait.
        """
        try:
            export = await self._converted(job, file, conversion, asker)
            return export if recipe is None else await asyncio.to_thread(_with_recipe, export, file, recipe)
        except FileNotFoundError as error:
            raise NotFound(Message("file.lost")) from error

    async def _converted(
        self, job: Job, file: StoredFile, conversion: Conversion | None, asker: Asker
    ) -> Export:
        path = self._files.path(file.name)
        if conversion is None:
            return Export(_name(job, file, file.mime_type), file.mime_type, path)
        kind = KINDS[conversion.format][1]
        try:
            data = await self._decoder.convert(path, conversion, asker=asker)
        except UNREADABLE as error:
            raise _not_made(error) from error
        return Export(_name(job, file, kind), kind, data)

    async def losses(
        self, file: StoredFile, conversion: Conversion | None, recipe: Recipe | None, asker: Asker
    ) -> tuple[str, ...]:
        """What `export` will not be, or not hold, by `convert.losses`. Raises as `export` does."""
        path = self._files.path(file.name)
        try:
            if conversion is not None:
                return await self._decoder.losses(path, conversion, asker=asker)
            beside = recipe is not None and await asyncio.to_thread(_needs_sidecar, path, recipe)
            return ("recipe_beside",) if beside else ()
        except UNREADABLE as error:
            raise _not_made(error) from error
        except FileNotFoundError as error:
            raise NotFound(Message("file.lost")) from error

    def item(self, job: Job, file: StoredFile, recipe: Recipe | None) -> Item:
        """A picture in a zip as it came, its recipe beside it."""
        sidecar = recipe.to_json() if recipe else None
        return Item(_name(job, file, file.mime_type), file.created_at, self._files.path(file.name), sidecar)


def recipe_for(job: Job, source: StoredFile | None) -> Recipe:
    """The recipe of a job's pictures; `source` is the picture that it edited."""
    return recipe_of(job, source.sha256 if source else None)


def _not_made(error: Explained) -> InvalidParameter:
    return InvalidParameter(Message("export.not_made", reason=error.text), field="format")


def _needs_sidecar(path: Path, recipe: Recipe) -> bool:
    return attach(path.read_bytes(), recipe).sidecar is not None


def _name(job: Job, file: StoredFile, mime_type: str) -> str:
    return picture_name(file.created_at, job.model, job.prompt, file.id, mime_type)


def _with_recipe(export: Export, file: StoredFile, recipe: Recipe) -> Export:
    data = export.source if isinstance(export.source, bytes) else export.source.read_bytes()
    embedded = attach(data, recipe)
    if embedded.sidecar is None:
        return Export(export.name, export.mime_type, embedded.data)
    both = pack([Item(export.name, file.created_at, embedded.data, embedded.sidecar)])
    return Export(f"{Path(export.name).stem}.zip", ZIP, b"".join(both))
