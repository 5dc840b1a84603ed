"""The picture to edit: from an upload, a data URI, a URL, or a file that this studio made."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from imagestudio.catalog.spec import ModelSpec, SourceImage
from imagestudio.core.errors import InvalidImage
from imagestudio.core.job import StoredFile
from imagestudio.core.messages import Message, field_name
from imagestudio.core.turns import Asker, SharedThreads
from imagestudio.core.units import MAX_UPLOAD
from imagestudio.jobs import data_uri
from imagestudio.media import formats as media
from imagestudio.media.decoder.decoder import Decoder
from imagestudio.net import Fetcher, FetchError
from imagestudio.net.url import MAX_LENGTH
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore
from imagestudio.store.shares import Shares

OWN_FILE = re.compile(
    r"/?(?:.*/)?(?:api/v1/image|visitor)/files/([0-9a-f]{32})(?:/(?:thumbnail|preview|download))?/?"
)
SHARED = re.compile(r"/?(?:.*/)?shared/([A-Za-z0-9_-]{22})/?")
"""The studio's addresses of a picture, under whatever host and prefix: whose the picture is, or the link's
token, tells whether somebody may have it."""
TAKEN = ("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif")
MOST_WAITING = 32
"""Data URIs."""
FIELD, UPLOAD = "image_url", "image"
"""Where a caller names a picture, and where a file comes."""
GIVEN = {"address": field_name(FIELD), "file": field_name(UPLOAD)}
"""The same in sentences."""


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """A picture to edit: `new` where it came with this request, `kept` where there is a record of it."""

    file: StoredFile
    new: bool
    kept: bool
    notice: Message | None = None
    """What was done to it so that the model takes it."""


class SourcePictures:
    """Brings source pictures in, checks them, and keeps them as files of their owner."""

    def __init__(
        self,
        store: JobStore,
        files: Files,
        fetcher: Fetcher,
        decoder: Decoder,
        shares: Shares,
        clock: Callable[[], float],
        max_pixels: float,
    ) -> None:
        self._store = store
        self._files = files
        self._fetcher = fetcher
        self._decoder = decoder
        self._shares = shares
        self._clock = clock
        self._max_pixels = int(max_pixels)
        self._threads = SharedThreads(1, "data-uri", room=MOST_WAITING)

    async def from_url(
        self,
        url: str,
        spec: ModelSpec,
        how: SourceImage,
        asker: Asker,
        *,
        keep: bool = True,
        fit: bool = False,
        origin: str | None = None,
    ) -> SourcePicture:
        """The picture that `image_url` names, as `from_bytes` takes it. `origin` is where the studio is, as
        whoever asks sees it. Raises `InvalidImage`."""
        if own := await self._own_file(url, asker.owner, origin):
            if own.owner == asker.owner and own.kind == "result":
                _check_fits(own, spec, how)
                return SourcePicture(own, new=False, kept=True)
            try:
                data = await asyncio.to_thread(self._files.path(own.name).read_bytes)
            except FileNotFoundError as error:
                raise InvalidImage(Message("file.lost"), field=FIELD) from error
        else:
            data = await self._fetch(url, MAX_UPLOAD if fit else how.max_bytes, asker)
        return await self.from_bytes(data, spec, how, asker, field=FIELD, keep=keep, fit=fit, instead=own)

    async def _fetch(self, url: str, max_bytes: int, asker: Asker) -> bytes:
        if data_uri.DATA_URI.match(url):
            return await self._threads.run(asker, partial(data_uri.decode, url))
        if kind := data_uri.bare_base64(url):
            raise InvalidImage(Message("source.bare_base64", kind=kind), field=FIELD)
        try:
            return await self._fetcher.get(url, max_bytes=max_bytes, asker=asker)
        except FetchError as error:
            raise InvalidImage(error.text, field=FIELD) from error

    async def from_bytes(
        self,
        data: bytes,
        spec: ModelSpec,
        how: SourceImage,
        asker: Asker,
        *,
        field: str = UPLOAD,
        keep: bool = True,
        fit: bool = False,
        instead: StoredFile | None = None,
    ) -> SourcePicture:
        """A picture that came in the request's `field`, upright, of an animation the first frame, and without
        private data. Not to `keep`, it lies among the temporary files until it is released; to `fit`, it is
        brought down to what the model takes. Where nothing is done to it, an own file that holds it already
        may be taken `instead`. Raises `InvalidImage`."""
        if not fit:
            _check_bytes(data, spec, how, field)
        most = min(how.max_pixels, self._max_pixels)
        try:
            taken = await self._decoder.take_in(
                data, max_bytes=how.max_bytes, max_pixels=most, scale=fit, asker=asker
            )
        except media.TooManyPixels as error:
            raise InvalidImage(error.text, field=field, allowed={"maxPixels": most}) from error
        except media.NotAnImage as error:
            raise InvalidImage(error.text, field=field, allowed=list(TAKEN)) from error
        _check_kind(taken.info, field)
        _check_bytes(taken.data, spec, how, field)
        if instead is not None and instead.owner == asker.owner and taken.data == data:
            return SourcePicture(instead, new=False, kept=True)
        file = await self._store_file(taken.data, taken.info, asker.owner, keep)
        return SourcePicture(file, new=True, kept=keep, notice=taken.notice)

    async def check(self, data: bytes, asker: Asker) -> None:
        """Whether a model could edit this, once it was brought down. Raises `InvalidImage`; keeps nothing."""
        try:
            info = await self._decoder.verify(data, asker=asker)
        except (media.NotAnImage, media.TooManyPixels) as error:
            raise InvalidImage(error.text, field=UPLOAD, allowed=list(TAKEN)) from error
        _check_kind(info, UPLOAD)

    async def release(self, source: SourcePicture) -> None:
        """No job comes of it: what came with the request goes again, what was here stays."""
        if source.new and source.kept:
            await self._store.delete_unnamed_file(source.file.id)
        if source.new:
            await self._files.remove(source.file.name)

    async def _store_file(self, data: bytes, info: media.MediaInfo, owner: str, keep: bool) -> StoredFile:
        incoming = self._files.temporary_path()
        take = self._files.keep_input if keep else self._files.measure_input
        try:
            await self._files.write(incoming, data)
            file = await take(incoming, owner, self._clock(), info)
        except BaseException:
            await self._files.drop(incoming)
            raise
        if keep:
            await self._store.add_file(file)
        return file

    async def _own_file(self, url: str, owner: str, origin: str | None) -> StoredFile | None:
        """The picture of the studio's that an address names, if this owner may have it."""
        if len(url) > MAX_LENGTH:  # urlsplit remembers what it was asked
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if parts.scheme not in ("", "http", "https"):
            return None
        if match := SHARED.fullmatch(parts.path):
            file = await self._shares.find(match[1])
        elif match := OWN_FILE.fullmatch(parts.path):
            file = await self._store.get_file(match[1])
            file = file if file and file.owner == owner else None
        else:
            return None
        if file is None and parts.netloc in ("", urlsplit(origin or "").netloc):
            raise InvalidImage(Message("source.not_here"), field=FIELD)
        if file is not None and file.gone is not None:
            raise InvalidImage(file.why_gone, field=FIELD)
        return file


def _check_kind(info: media.MediaInfo, field: str) -> None:
    if info.mime_type not in TAKEN:
        raise InvalidImage(
            Message("source.kind", kind=info.mime_type),
            field=field,
            allowed=list(TAKEN),
        )


def _check_bytes(data: bytes, spec: ModelSpec, how: SourceImage, field: str) -> None:
    if len(data) > how.max_bytes:
        raise InvalidImage(
            Message("source.too_many_bytes", size=len(data), name=spec.name, most=how.max_bytes),
            field=field,
            allowed={"maxBytes": how.max_bytes},
        )


def _check_fits(file: StoredFile, spec: ModelSpec, how: SourceImage) -> None:
    if file.mime_type not in TAKEN or not file.can_be_shown:
        raise InvalidImage(
            Message("source.no_pixels", name=spec.name, kind=file.mime_type),
            field=FIELD,
            allowed=list(TAKEN),
        )
    if file.bytes > how.max_bytes or file.width * file.height > how.max_pixels:
        raise InvalidImage(
            Message("source.too_large", name=spec.name, max_bytes=how.max_bytes, max_pixels=how.max_pixels),
            field=FIELD,
            allowed={"maxBytes": how.max_bytes, "maxPixels": how.max_pixels},
        )
