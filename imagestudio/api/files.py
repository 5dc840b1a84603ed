"""Stored pictures: their bytes, links that open them to everybody, and what becomes of them."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from imagestudio.api.deps import origin_of, studio_of
from imagestudio.api.file_response import answer_file, answer_made
from imagestudio.api.responses import GuardedRoute, success
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

router = APIRouter(route_class=GuardedRoute)
"""For the API and the page."""
api_router = APIRouter(route_class=GuardedRoute)
open_router = APIRouter(route_class=GuardedRoute)
"""For everybody."""


@router.get("/files/{file_id}")
@router.head("/files/{file_id}")
async def read_file(request: Request, file_id: str) -> Response:
    """A file's bytes, whole or in ranges."""
    return await answer_file(request, *await studio_of(request).file(file_id))


@router.get("/files/{file_id}/thumbnail")
@router.head("/files/{file_id}/thumbnail")
async def read_thumbnail(request: Request, file_id: str) -> Response:
    """A WebP of at most 512 pixels a side, made when first asked for."""
    studio = studio_of(request)
    return answer_made(request, *await studio.thumbnail(file_id), "thumbnail")


@router.get("/files/{file_id}/preview")
@router.head("/files/{file_id}/preview")
async def read_preview(request: Request, file_id: str) -> Response:
    """A WebP of at most 1600 pixels a side, made when first asked for; a drawing is drawn so large."""
    studio = studio_of(request)
    return answer_made(request, *await studio.preview(file_id), "preview")


@router.post("/files/{file_id}/share")
async def share_file(request: Request, file_id: str) -> Response:
    """The link to a picture, the same each time until it is revoked."""
    return success({"url": shared_url(origin_of(request), await studio_of(request).share(file_id))})


@router.delete("/files/{file_id}/share")
async def revoke_share(request: Request, file_id: str) -> Response:
    """No link any more. A later one has another address."""
    await studio_of(request).unshare(file_id)
    return success({"url": None})


def shared_url(origin: str, token: str) -> str:
    """Where anybody finds what a token opens."""
    return f"{origin}{SHARED}/{token}"


@api_router.put("/files/{file_id}/favourite")
async def favour_file(request: Request, file_id: str) -> Response:
    """Keep a picture for good."""
    return success(_state(await studio_of(request).set_favourite(file_id, True)))


@api_router.delete("/files/{file_id}/favourite")
async def unfavour_file(request: Request, file_id: str) -> Response:
    """Keep a picture as long as any other."""
    return success(_state(await studio_of(request).set_favourite(file_id, False)))


@api_router.delete("/files/{file_id}")
async def delete_file(request: Request, file_id: str) -> Response:
    """Delete a picture. It can be brought back for a day."""
    return success(_state(await studio_of(request).delete_file(file_id)))


@api_router.post("/files/{file_id}/restore")
async def restore_file(request: Request, file_id: str) -> Response:
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


@open_router.get(f"{SHARED}/{{token}}")
@open_router.head(f"{SHARED}/{{token}}")
async def read_shared(request: Request, token: str) -> Response:
    """The bytes, and nothing of whose they are, or what was asked for."""
    studio: Studio = request.app.state.studio
    return await answer_file(request, *await studio.shared_file(token), name="picture", headers=LINK_HEADERS)
