"""Gradio's upload and file addresses, served by the studio: bounded, and each file for its holder only.

Relies on its page and gradio_client sending files to `upload`, reading `upload_progress` until it is done,
and reading `file=PATH`.
"""

import asyncio
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response

from imagestudio.access.identity import asker_of
from imagestudio.api.file_response import FileBytes
from imagestudio.api.middleware.error_response import refusal
from imagestudio.api.responses import GuardedRoute
from imagestudio.core.errors import BadRequest, NotFound, PayloadTooLarge, StudioError
from imagestudio.core.messages import Message
from imagestudio.core.units import MAX_UPLOAD
from imagestudio.ui.gradio.file_exchange import Exchange
from imagestudio.ui.gradio.sessions import holder_of

MAX_FILES = 10
FIRST_BYTES = 16
SHOWN = {
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/gif": (0, b"GIF8"),
    "image/webp": (8, b"WEBP"),
    "image/avif": (4, b"ftypavi"),
}
"""What a browser may show, by its first bytes. Anything else, an SVG above all, is only ever downloaded."""

router = APIRouter(prefix="/gradio_api", route_class=GuardedRoute, include_in_schema=False)


@router.post("/upload")
async def upload(request: Request) -> Response:
    """Keep the form's `files`; their addresses."""
    exchange: Exchange = request.app.state.exchange
    try:
        form = await _read(request)
        try:
            return JSONResponse([await _take_in(exchange, file, request) for file in _files(form)])
        finally:
            await form.close()
    except StudioError as error:
        return refusal(request.scope, error)


async def _read(request: Request) -> FormData:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise BadRequest(Message("gradio.upload_form"))
    try:
        return await request.form(max_files=MAX_FILES, max_fields=MAX_FILES)
    except HTTPException as error:
        raise BadRequest(Message("form.unreadable", reason=str(error.detail))) from error
    except ClientDisconnect as error:
        raise BadRequest(Message("gradio.upload_cut_short")) from error


def _files(form: FormData) -> list[UploadFile]:
    files = form.getlist("files")
    uploads = [file for file in files if isinstance(file, UploadFile)]
    if not uploads or len(uploads) < len(files):
        raise BadRequest(Message("gradio.upload_files"))
    return uploads


async def _take_in(exchange: Exchange, file: UploadFile, request: Request) -> str:
    data = await file.read(MAX_UPLOAD + 1)
    if len(data) > MAX_UPLOAD:
        raise PayloadTooLarge(Message("gradio.upload_too_large", most=MAX_UPLOAD))
    who = holder_of(request.scope), asker_of(request.scope)
    return await asyncio.to_thread(exchange.take_in, data, file.filename or "", *who)


@router.get("/upload_progress")
async def upload_progress() -> Response:
    """What Gradio's page waits for. An upload of this size is over before a bar could be read."""
    return PlainTextResponse('data: {"msg": "done"}\n\n', media_type="text/event-stream")


@router.api_route("/file={address:path}", methods=["GET", "HEAD"])
async def read_file(request: Request, address: str) -> Response:
    """What was uploaded by, or lent to, whoever asks."""
    exchange: Exchange = request.app.state.exchange
    path = exchange.find(address, holder_of(request.scope))
    kind = await asyncio.to_thread(_kind, path) if path else None
    if path is None or kind is None:
        return refusal(request.scope, NotFound(Message("gradio.no_file")))
    return FileBytes(path, headers=_headers(path, kind), media_type=kind)


def _kind(path: Path) -> str | None:
    """The type under which a file is handed out; None if it is gone. Blocking."""
    try:
        with path.open("rb") as file:
            head = file.read(FIRST_BYTES)
    except OSError:
        return None
    kinds = (kind for kind, (at, magic) in SHOWN.items() if head[at:].startswith(magic))
    return next(kinds, "application/octet-stream")


def _headers(path: Path, kind: str) -> dict[str, Any]:
    how = "inline" if kind in SHOWN else "attachment"
    name = path.name.encode("ascii", "ignore").decode().replace('"', "")
    return {
        "Content-Disposition": f'{how}; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
