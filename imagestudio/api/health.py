"""Whether the studio is up, for whoever watches it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from imagestudio.api.errors import GuardedRoute
from imagestudio.api.openapi.version import VERSION
from imagestudio.api.responses import Json

router = APIRouter(route_class=GuardedRoute)


@router.api_route("/api/health", methods=["GET", "HEAD"])
async def health(request: Request) -> Response:
    """Up, and whether it is a demo. Asks for no key."""
    return Json({"status": "ok", "demo": request.app.state.settings.demo, "version": VERSION})
