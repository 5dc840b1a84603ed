"""Who may call, and the studio as they see it."""

from fastapi import Request

from imagestudio.access.api_keys import given_key
from imagestudio.access.identity import Identity, visitor_of
from imagestudio.core.errors import Unauthorized
from imagestudio.core.messages import Message
from imagestudio.studio.service import Studio


async def require_access(request: Request) -> None:
    """Raises `Unauthorized` or `InvalidApiKey`. Other sites' pages don't get this far (web/cross_site.py)."""
    identity: Identity = request.app.state.identity
    if await identity.ring.asked() and given_key(request.headers) is None:
        raise Unauthorized(Message("access.key_asked"))
    visitor_of(request.scope)


def studio_of(request: Request) -> Studio:
    """The studio as the visitor sees whose request this is. Raises the `StudioError` that refused them."""
    studio: Studio = request.app.state.studio
    return studio.seen_by(visitor_of(request.scope))
