"""The visitor's pictures, as the page shows them and lends them on."""

from fastapi import Request
from starlette.responses import Response

from imagestudio.api.files import answer_file, answer_made
from imagestudio.api.page.guard import page_router, visiting
from imagestudio.api.shared import share, unshare

router = page_router("/visitor/files")


@router.api_route("/{file_id}", methods=["GET", "HEAD"])
async def read_file(request: Request, file_id: str) -> Response:
    """A file's bytes, whole or in ranges."""
    return await answer_file(request, *await visiting(request).file(file_id))


@router.api_route("/{file_id}/thumbnail", methods=["GET", "HEAD"])
async def read_thumbnail(request: Request, file_id: str) -> Response:
    """A WebP of at most 512 pixels a side."""
    studio = visiting(request)
    return answer_made(request, *await studio.thumbnail(file_id), "thumbnail")


@router.api_route("/{file_id}/preview", methods=["GET", "HEAD"])
async def read_preview(request: Request, file_id: str) -> Response:
    """A WebP of at most 1600 pixels a side."""
    studio = visiting(request)
    return answer_made(request, *await studio.preview(file_id), "preview")


@router.post("/{file_id}/share")
async def share_file(request: Request, file_id: str) -> Response:
    """The link to a picture, the same each time until it is revoked."""
    return await share(request, visiting(request), file_id)


@router.delete("/{file_id}/share")
async def revoke_share(request: Request, file_id: str) -> Response:
    """No link any more."""
    return await unshare(visiting(request), file_id)
