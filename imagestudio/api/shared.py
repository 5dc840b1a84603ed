"""Pictures that their owners opened to everybody: the links, and what is behind them."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from imagestudio.api.deps import require_access, studio_of
from imagestudio.api.errors import GuardedRoute
from imagestudio.api.files import answer_file
from imagestudio.api.origin import origin_of
from imagestudio.api.responses import success
from imagestudio.api.views import API
from imagestudio.studio.service import Studio

SHARED = "/shared"
HEADERS = {
    # Asked for anew each time, so that a link ends when it is revoked.
    "Cache-Control": "no-cache",
    "X-Robots-Tag": "noindex, noimageindex",
    "Referrer-Policy": "no-referrer",
}

open_router = APIRouter(prefix=SHARED, route_class=GuardedRoute, include_in_schema=False)
router = APIRouter(prefix=f"{API}/files", route_class=GuardedRoute, dependencies=[Depends(require_access)])


async def share(request: Request, studio: Studio, file_id: str) -> Response:
    """Open a picture of the studio's visitor to everybody who has the link, and answer it."""
    return success({"url": shared_url(origin_of(request), await studio.share(file_id))})


def shared_url(origin: str, token: str) -> str:
    """Where anybody finds what a token opens."""
    return f"{origin}{SHARED}/{token}"


async def unshare(studio: Studio, file_id: str) -> Response:
    """Close the link of a picture of the studio's visitor."""
    await studio.unshare(file_id)
    return success({"url": None})


@router.post("/{file_id}/share")
async def share_file(request: Request, file_id: str) -> Response:
    """The link to a picture, the same each time until it is revoked."""
    return await share(request, studio_of(request), file_id)


@router.delete("/{file_id}/share")
async def revoke_share(request: Request, file_id: str) -> Response:
    """No link any more. A later one has another address."""
    return await unshare(studio_of(request), file_id)


@open_router.api_route("/{token}", methods=["GET", "HEAD"])
async def read_shared(request: Request, token: str) -> Response:
    """The bytes, and nothing of whose they are, or what was asked for."""
    studio: Studio = request.app.state.studio
    return await answer_file(request, *await studio.shared_file(token), name="picture", headers=HEADERS)
