"""Who may use the page's own addresses."""

from fastapi import APIRouter, Depends, Request

from imagestudio.api.deps import studio_of
from imagestudio.api.errors import GuardedRoute
from imagestudio.core.errors import Forbidden, Unauthorized
from imagestudio.core.messages import Message
from imagestudio.studio.service import Studio

OURS = ("same-origin", "none")
PRIVATE = {"Cache-Control": "no-store"}


async def require_own_page(request: Request) -> None:
    """Raises `Forbidden` for what another site's page asks, be it only to show a picture. Browsers say where
    a request comes from; what is no browser says nothing, and has no cookie that it did not ask for."""
    if request.headers.get("sec-fetch-site", "none") not in OURS:
        raise Forbidden(Message("request.not_own_page"))


def visiting(request: Request) -> Studio:
    """The studio as the page's visitor sees it. Raises `Unauthorized` where there is none."""
    studio = studio_of(request)
    if studio.visitor.kind == "nobody":
        raise Unauthorized(Message("request.no_session"))
    return studio


def page_router(prefix: str = "/visitor") -> APIRouter:
    """Routes that only the page asks."""
    dependencies = [Depends(require_own_page)]
    return APIRouter(prefix=prefix, route_class=GuardedRoute, dependencies=dependencies)
