"""How a stored picture's bytes are answered: whole or in ranges, and never again to who has them already."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from fastapi import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from imagestudio.core.errors import NotFound
from imagestudio.core.job import StoredFile
from imagestudio.core.messages import Message
from imagestudio.media.formats import NO_PICTURE, SVG, extension

MAX_RANGE = 200
"""Bytes of a Range header; a longer one is ignored. Whoever plays a file asks for one range, or two."""
MAX_DIGITS = 18
FOR_EVER = "private, max-age=31536000, immutable"


async def answer_file(
    request: Request,
    file: StoredFile,
    path: Path,
    *,
    name: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A stored file, whole or in ranges. `name` is what it is saved as, its id where none is given;
    `headers` win over the usual ones. Raises `NotFound`."""
    try:
        stat = await asyncio.to_thread(path.stat)
    except FileNotFoundError as error:
        raise NotFound(Message("file.lost")) from error
    sent = {**_headers(file, name or file.id), **(headers or {})}
    if _is_known(request.headers.getlist("if-none-match"), sent["ETag"]):
        return Response(status_code=304, headers=sent)
    return FileBytes(path, headers=sent, media_type=file.mime_type, stat_result=stat)


def answer_made(request: Request, file: StoredFile, path: Path, what: str) -> Response:
    """A WebP that was made of a picture; it never changes."""
    headers = {
        "Cache-Control": FOR_EVER,
        "ETag": f'"{file.sha256}-{what}"',
        "X-Content-Type-Options": "nosniff",
    }
    if _is_known(request.headers.getlist("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return FileBytes(path, headers=headers, media_type="image/webp")


def policy_of(mime_type: str) -> dict[str, str]:
    """What keeps an SVG from running anything, wherever it is opened."""
    return {"Content-Security-Policy": "sandbox; default-src 'none'"} if mime_type == SVG else {}


def _headers(file: StoredFile, name: str) -> dict[str, str]:
    # Whoever draws an SVG writes a program: opened by itself it is downloaded, and could run nothing.
    saved = file.mime_type in (SVG, NO_PICTURE)
    how, file_name = "attachment" if saved else "inline", f"{name}{extension(file.mime_type)}"
    return {
        "Cache-Control": FOR_EVER,
        "ETag": f'"{file.sha256}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'{how}; filename="{file_name}"',
        **policy_of(file.mime_type),
    }


def _is_known(conditions: list[str], etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in ",".join(conditions).split(",")]
    return etag in tags or "*" in tags


class FileBytes(FileResponse):
    """A file that ignores a Range header which makes no sense, as RFC 9110 (14.2) has it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != b"range" or is_range(pair[1])]
        await super().__call__({**scope, "headers": headers}, receive, send)


def is_range(value: bytes) -> bool:
    """Whether a Range header is one that is served."""
    if len(value) > MAX_RANGE:
        return False
    unit, _, ranges = value.partition(b"=")
    return unit.strip().lower() == b"bytes" and all(map(_is_one, ranges.split(b",")))


def _is_one(text: bytes) -> bool:
    first, dash, last = text.partition(b"-")
    ends = [end for end in (first.strip(), last.strip()) if end]
    if not dash or not ends or not all(end.isdigit() and len(end) <= MAX_DIGITS for end in ends):
        return False
    return len(ends) == 1 or int(ends[0]) <= int(ends[1])
