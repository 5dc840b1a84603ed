"""The reference: /openapi.json for programs, /docs for people."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from imagestudio.access.identity import Identity
from imagestudio.api.openapi.document import document
from imagestudio.api.openapi.html import page
from imagestudio.api.responses import GuardedRoute, Json
from imagestudio.core.settings import Settings

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

router = APIRouter(route_class=GuardedRoute)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The API as OpenAPI 3.1."""
    return Json(await _document(request))


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The same as one plain page that loads nothing from anywhere."""
    return HTMLResponse(page(await _document(request)), headers={"Content-Security-Policy": POLICY})


async def _document(request: Request) -> dict[str, Any]:
    settings: Settings = request.app.state.settings
    identity: Identity = request.app.state.identity
    return document(settings.root_path, keys=await identity.ring.asked())
