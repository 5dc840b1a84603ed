"""The picture to edit: from an upload, a data URI, a URL, or a file that this studio made."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import unquote_to_bytes, urlsplit

from imagestudio.catalog.spec import ModelSpec, SourceImage
from imagestudio.core.errors import InvalidImage
from imagestudio.core.job import StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.turns import Asker, SharedThreads
from imagestudio.core.units import MAX_UPLOAD
from imagestudio.media import formats as media
from imagestudio.media.decoder.decoder import Decoder
from imagestudio.net import Fetcher, FetchError
from imagestudio.net.url import MAX_LENGTH
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore

OWN_FILE = re.compile(r"^/(?:.*/)?api/v1/image/files/([0-9a-f]{32})$")
DATA_URI = re.compile(r"^data:[^,]{0,1000}?(;base64)?,", re.IGNORECASE)
TAKEN = ("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif")
ANIMATED = "image/gif"
"""Its first picture is taken, as a PNG: what providers see of an animation, and whether they take one at all,
differs and is not documented."""
PIECE = 64 * 1024
"""Characters of a data URI that are decoded at a time."""
MOST_WAITING = 32
"""Data URIs."""
FIELD, UPLOAD = "image_url", "image"
"""Where a caller names a picture, and where a file comes."""


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
        clock: Callable[[], float],
        max_pixels: float,
    ) -> None:
        self._store = store
        self._files = files
        self._fetcher = fetcher
        self._decoder = decoder
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
    ) -> SourcePicture:
        """The picture that `image_url` names, as `from_bytes` takes it. Raises `InvalidImage`."""
        own = await self._own_file(url, asker.owner)
        if own is not None:
            _check_fits(own, spec, how)
            return SourcePicture(own, new=False, kept=True)
        if DATA_URI.match(url):
            data = await self._threads.run(asker, partial(_decode_data_uri, url))
        else:
            try:
                data = await self._fetcher.get(
                    url, max_bytes=MAX_UPLOAD if fit else how.max_bytes, asker=asker
                )
            except FetchError as error:
                raise InvalidImage(error.text, field=FIELD) from error
        return await self.from_bytes(data, spec, how, asker, field=FIELD, keep=keep, fit=fit)

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
    ) -> SourcePicture:
        """A picture that came in the request's `field`. Not to `keep`, it lies among the temporary files
        until it is released; to `fit`, it is brought down to what the model takes. Raises `InvalidImage`."""
        if not fit:
            _check_bytes(data, spec, how, field)
        most, notice = min(how.max_pixels, self._max_pixels), None
        try:
            if fit:
                data, notice = await self._decoder.fit(
                    data, max_bytes=how.max_bytes, max_pixels=most, asker=asker
                )
            info = await self._decoder.verify(data, max_pixels=most, asker=asker)
            if info.mime_type == ANIMATED:
                data = await self._decoder.still(data, max_pixels=most, asker=asker)
                info = replace(info, mime_type="image/png")
        except media.TooManyPixels as error:
            raise InvalidImage(error.text, field=field, allowed={"maxPixels": most}) from error
        except media.NotAnImage as error:
            raise InvalidImage(error.text, field=field, allowed=list(TAKEN)) from error
        _check_kind(info, field)
        _check_bytes(data, spec, how, field)
        return SourcePicture(
            await self._store_file(data, info, asker.owner, keep), new=True, kept=keep, notice=notice
        )

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
        take = self._files.save if keep else self._files.measure
        try:
            await self._files.write(incoming, data)
            file = await take(incoming, "input", owner, self._clock(), info=info)
        except BaseException:
            await self._files.drop(incoming)
            raise
        if keep:
            await self._store.add_file(file)
        return file

    async def _own_file(self, url: str, owner: str) -> StoredFile | None:
        if len(url) > MAX_LENGTH:  # urlsplit remembers what it was asked
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        match = OWN_FILE.match(parts.path) if parts.scheme in ("", "http", "https") else None
        file = await self._store.get_file(match[1]) if match else None
        if file is None or file.owner != owner:
            return None
        if file.gone is not None:
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
    if file.mime_type not in TAKEN:
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


def _decode_data_uri(url: str) -> bytes:
    head = DATA_URI.match(url)
    content = url[head.end() :] if head else ""
    if head is None or head[1] is None:
        return _unquoted(content)
    try:
        return base64.b64decode(_unquoted(content), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidImage(Message("source.bad_base64"), field=FIELD) from error


def _unquoted(text: str) -> bytes:
    """Its bytes, percent escapes resolved, piece by piece: for each escape the whole would take an object."""
    if "%" not in text:
        return text.encode()
    content, start = bytearray(), 0
    while start < len(text):
        end = start + PIECE
        # An escape that begins in a piece ends in it.
        end += 2 if text[end - 1 : end] == "%" else text[end - 2 : end - 1] == "%"
        content += unquote_to_bytes(text[start:end])
        start = end
    return bytes(content)
