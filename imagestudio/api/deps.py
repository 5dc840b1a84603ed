"""Who may call which surface, and the studio as they see it."""

from fastapi import Request
from starlette.requests import HTTPConnection

from imagestudio.access.api_keys import key_of
from imagestudio.access.identity import Identity, visitor_of
from imagestudio.access.rate_limit import DoorLimits, KeyKind, RateLimiter
from imagestudio.core.errors import Forbidden, Unauthorized
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings
from imagestudio.studio.service import Studio

SAME_ORIGIN = ("same-origin", "none")


def studio_of(request: Request) -> Studio:
    """The studio as the visitor sees it whose request this is. Raises the `StudioError` that refused them."""
    studio: Studio = request.app.state.studio
    return studio.seen_by(visitor_of(request.scope))


async def require_access(request: Request) -> None:
    """For the API. Raises `Unauthorized` or `InvalidApiKey`. Other sites' pages don't get this far
    (middleware/cross_site.py)."""
    identity: Identity = request.app.state.identity
    if await identity.ring.has_keys() and key_of(request.headers) is None:
        raise Unauthorized(Message("access.key_asked"))
    visitor_of(request.scope)


async def require_own_page(request: Request) -> None:
    """For the page's own addresses. Raises `Forbidden` for what another site's page asks, be it only to show
    a picture. Browsers say where a request comes from; what is no browser says nothing, and has no cookie
    that it did not ask for."""
    if request.headers.get("sec-fetch-site", "none") not in SAME_ORIGIN:
        raise Forbidden(Message("request.not_own_page"))


async def require_session(request: Request) -> None:
    """The same, and raises `Unauthorized` where the page has no visitor."""
    await require_own_page(request)
    if visitor_of(request.scope).kind == "nobody":
        raise Unauthorized(Message("request.no_session"))


def count_run(request: Request) -> None:
    """Count a run that the page asks for: it is not under /api/v1, where every request counts.

    Raises `RateLimited` where this visitor made too many in the last minute.
    """
    rates: RateLimiter = request.app.state.rates
    allowance = rates.take(visitor_of(request.scope), request.client.host if request.client else None)
    if allowance and allowance.refused:
        raise allowance.refusal()


def count_conversion(request: Request) -> None:
    """Count a picture that is about to be converted. Raises `RateLimited` where too many were in the last
    minute."""
    doors: DoorLimits = request.app.state.doors
    doors.take_conversion(visitor_of(request.scope), request.client.host if request.client else None)


def count_key_check(request: Request, kind: KeyKind) -> None:
    """Count keys that are about to be tried. Raises `RateLimited` where too many were in the last minute."""
    doors: DoorLimits = request.app.state.doors
    client = request.client
    doors.take_key_check(kind, visitor_of(request.scope), client.host if client else None)


def origin_of(request: Request) -> str:
    """Scheme, host and path prefix, without a slash at the end."""
    return address_of(request, request.app.state.settings)


def address_of(request: HTTPConnection, settings: Settings) -> str:
    """The studio's address: as the settings tell it, else as the request does
    (`api/middleware/address.py`)."""
    return settings.public_address or str(request.base_url).rstrip("/")
