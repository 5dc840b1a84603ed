"""Multipart forms of the edit endpoint: text fields of the catalog's kinds, and the picture as a file."""

import re
from collections.abc import Iterable
from typing import Any

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from imagestudio.api.bodies import MAX_BODY, bounded
from imagestudio.catalog import MODELS
from imagestudio.catalog.validation import FLAG_OPTIONS, excerpt, shown_name
from imagestudio.core.errors import BadRequest, InvalidParameter, StudioError, UnsupportedParameter
from imagestudio.core.messages import Message
from imagestudio.jobs.sources import GIVEN
from imagestudio.studio.service import Upload

PICTURE = "image"
WHOLE_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,400}\s*")
FLAGS = {"true": True, "false": False}
MAX_PARTS = 100


def is_form(request: Request) -> bool:
    """Whether the body says that it is a multipart form."""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


async def read_form(request: Request) -> tuple[dict[str, Any], Upload | None]:
    """The fields and the picture; an empty part is one left out. Raises the `StudioError` that names the
    fault."""
    counted = bounded(request, list(_as_latin_1(request.headers.raw)))
    parts = Parts(
        counted.headers,
        counted.stream(),
        max_files=MAX_PARTS,
        max_fields=MAX_PARTS,
        max_part_size=MAX_BODY,
    )
    try:
        form = await parts.parse()
    except MultiPartException as error:
        raise BadRequest(Message("form.unreadable", reason=error.message)) from error
    try:
        return await _sorted_out(form.multi_items())
    finally:
        await form.close()


class Parts(MultiPartParser):
    """Takes a picture that has a type and no file name for the file that it is. Relies on the parts of
    Starlette's parser: `_current_part`, with its headers."""

    def on_headers_finished(self) -> None:
        """Before the part's content."""
        part = self._current_part
        _, options = parse_options_header(part.content_disposition)
        kind = dict(part.item_headers).get(b"content-type", b"text/plain").strip().lower()
        named = b"filename" in options or options.get(b"name") != PICTURE.encode()
        if not named and not kind.startswith(b"text/"):
            part.content_disposition = (part.content_disposition or b"") + b'; filename=""'
        super().on_headers_finished()


def _as_latin_1(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    # The parser guesses where text is no UTF-8. As Latin-1 every byte comes through, and we don't guess.
    for name, value in headers:
        yield name, value + b"; charset=latin-1" if name == b"content-type" else value


async def _sorted_out(
    items: Iterable[tuple[str, UploadFile | str]],
) -> tuple[dict[str, Any], Upload | None]:
    fields: dict[str, Any] = {}
    upload: Upload | None = None
    for raw_name, value in items:
        name = _utf8(raw_name)
        if isinstance(value, UploadFile):
            if value.filename or value.size:  # else no file was chosen
                _check_file(name, upload)
                upload = Upload(await value.read())
        elif value:
            _check_text(name, fields)
            fields[name] = _converted(name, _utf8(value))
    if upload is not None and "image_url" in fields:
        raise InvalidParameter(Message("source.two", **GIVEN), field="image_url")
    return fields, upload


def _utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode()
    except UnicodeError as error:
        raise BadRequest(Message("form.not_utf8")) from error


def _check_file(name: str, upload: Upload | None) -> None:
    if name != PICTURE:
        raise UnsupportedParameter(
            Message("form.unknown_file", name=excerpt(name)),
            field=shown_name(name),
            allowed=[PICTURE],
        )
    if upload is not None:
        raise InvalidParameter(Message("form.several_pictures"), field=PICTURE)


def _check_text(name: str, fields: dict[str, Any]) -> None:
    problem: StudioError | None = None
    if name == PICTURE:
        problem = InvalidParameter(
            Message("form.not_a_file"),
            field=PICTURE,
        )
    elif name in fields:
        problem = InvalidParameter(Message("request.twice", field=excerpt(name)), field=shown_name(name))
    if problem:
        raise problem


def _converted(name: str, text: str) -> Any:
    """A form has text only: what does not read as the control's kind stays text, and is refused as such."""
    kinds = {control.kind for spec in MODELS.values() for control in spec.controls if control.name == name}
    if "integer" in kinds and WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if "flag" in kinds or name in FLAG_OPTIONS:
        return FLAGS.get(text.strip().lower(), text)
    return text
