"""Stored pictures: their bytes, links that open them to everybody, and what becomes of them."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from imagestudio.api.deps import origin_of, studio_of
from imagestudio.api.file_response import answer_file, answer_made
from imagestudio.api.openapi.errors import access, foreign, missing, refused
from imagestudio.api.openapi.parts import FilePath, TokenPath, picture
from imagestudio.api.responses import GuardedRoute, success
from imagestudio.api.schemas import Answer, FileState, Link, NoLink
from imagestudio.core.job import StoredFile
from imagestudio.jobs.document import timestamp
from imagestudio.studio.service import Studio

SHARED = "/shared"
LINK_HEADERS = {
    # Asked for anew each time, so that a link ends when it is revoked.
    "Cache-Control": "no-cache",
    "X-Robots-Tag": "noindex, noimageindex",
    "Referrer-Policy": "no-referrer",
}

NOW = "How it stands now."
CHANGE = refused(*access(), *foreign(), *missing())

router = APIRouter(route_class=GuardedRoute, tags=["Pictures"])
"""For the API and the page."""
api_router = APIRouter(route_class=GuardedRoute, tags=["Pictures"])
open_router = APIRouter(route_class=GuardedRoute, tags=["Pictures"])
"""For everybody."""


@router.get(
    "/files/{file_id}",
    operation_id="readFile",
    summary="The bytes of a stored picture",
    response_class=Response,
    **picture(),
)
@router.head(
    "/files/{file_id}",
    operation_id="headFile",
    summary="The headers of a stored picture",
    response_class=Response,
    **picture(),
)
async def read_file(request: Request, file_id: FilePath) -> Response:
    """A file's bytes, whole or in ranges."""
    return await answer_file(request, *await studio_of(request).file(file_id))


@router.get(
    "/files/{file_id}/thumbnail",
    operation_id="readThumbnail",
    summary="A WebP of at most 512 pixels a side",
    response_class=Response,
    **picture(made=True),
)
@router.head(
    "/files/{file_id}/thumbnail",
    operation_id="headThumbnail",
    summary="The headers of a thumbnail",
    response_class=Response,
    **picture(made=True),
)
async def read_thumbnail(request: Request, file_id: FilePath) -> Response:
    """A WebP of at most 512 pixels a side, made when first asked for."""
    studio = studio_of(request)
    return answer_made(request, *await studio.thumbnail(file_id), "thumbnail")


@router.get(
    "/files/{file_id}/preview",
    operation_id="readPreview",
    summary="A WebP of at most 1600 pixels a side; a drawing is drawn so large",
    response_class=Response,
    **picture(made=True),
)
@router.head(
    "/files/{file_id}/preview",
    operation_id="headPreview",
    summary="The headers of a preview",
    response_class=Response,
    **picture(made=True),
)
async def read_preview(request: Request, file_id: FilePath) -> Response:
    """A WebP of at most 1600 pixels a side, made when first asked for; a drawing is drawn so large."""
    studio = studio_of(request)
    return answer_made(request, *await studio.preview(file_id), "preview")


@router.post(
    "/files/{file_id}/share",
    operation_id="shareFile",
    summary="Make a link that opens a picture to everybody, without a key",
    response_model=Answer[Link],
    response_description=NOW,
    responses=CHANGE,
)
async def share_file(request: Request, file_id: FilePath) -> Response:
    """The same link each time, until it is revoked. It tells neither whose picture it is nor the prompt."""
    return success({"url": shared_url(origin_of(request), await studio_of(request).share(file_id))})


@router.delete(
    "/files/{file_id}/share",
    operation_id="revokeShare",
    summary="Close the link to a picture",
    response_model=Answer[NoLink],
    response_description=NOW,
    responses=CHANGE,
)
async def revoke_share(request: Request, file_id: FilePath) -> Response:
    """A later link has another address."""
    await studio_of(request).unshare(file_id)
    return success({"url": None})


def shared_url(origin: str, token: str) -> str:
    """Where anybody finds what a token opens."""
    return f"{origin}{SHARED}/{token}"


@api_router.put(
    "/files/{file_id}/favourite",
    operation_id="favourFile",
    summary="Keep a picture for good: it is never deleted by itself",
    response_model=Answer[FileState],
    response_description=NOW,
    responses=CHANGE,
)
async def favour_file(request: Request, file_id: FilePath) -> Response:
    """Keep a picture for good."""
    return success(_state(await studio_of(request).set_favourite(file_id, True)))


@api_router.delete(
    "/files/{file_id}/favourite",
    operation_id="unfavourFile",
    summary="Keep a picture only as long as any other",
    response_model=Answer[FileState],
    response_description=NOW,
    responses=CHANGE,
)
async def unfavour_file(request: Request, file_id: FilePath) -> Response:
    """Keep a picture as long as any other."""
    return success(_state(await studio_of(request).set_favourite(file_id, False)))


@api_router.delete(
    "/files/{file_id}",
    operation_id="deleteFile",
    summary="Delete a picture; for a day it can be brought back. Its job stays",
    response_model=Answer[FileState],
    response_description=NOW,
    responses=CHANGE,
)
async def delete_file(request: Request, file_id: FilePath) -> Response:
    """Delete a picture. It can be brought back for a day."""
    return success(_state(await studio_of(request).delete_file(file_id)))


@api_router.post(
    "/files/{file_id}/restore",
    operation_id="restoreFile",
    summary="Bring a picture back that was deleted less than a day ago",
    response_model=Answer[FileState],
    response_description=NOW,
    responses=CHANGE,
)
async def restore_file(request: Request, file_id: FilePath) -> Response:
    """Bring a deleted picture back."""
    return success(_state(await studio_of(request).restore_file(file_id)))


def _state(file: StoredFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "job_id": file.job_id,
        "favourite": file.favourite,
        "deleted": file.gone is not None,
        "restorable_until": timestamp(file.restorable_until),
    }


@open_router.get(
    f"{SHARED}/{{token}}",
    operation_id="readShared",
    summary="The bytes of a picture that its owner opened to everybody",
    response_class=Response,
    **picture(asks_for_key=False),
)
@open_router.head(
    f"{SHARED}/{{token}}",
    operation_id="headShared",
    summary="Their headers",
    response_class=Response,
    **picture(asks_for_key=False),
)
async def read_shared(request: Request, token: TokenPath) -> Response:
    """The bytes, and nothing of whose they are, or what was asked for."""
    studio: Studio = request.app.state.studio
    return await answer_file(request, *await studio.shared_file(token), name="picture", headers=LINK_HEADERS)
