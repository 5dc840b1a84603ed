"""Who may call, and the studio as they see it."""

from fastapi import Request

from imagestudio.access.identity import Identity
from imagestudio.access.keys import given_key
from imagestudio.access.middleware import visitor_of
from imagestudio.errors import Forbidden, Unauthorized
from imagestudio.studio import Studio

FOREIGN = ("cross-site", "same-site")
READING = ("GET", "HEAD")


async def require_access(request: Request) -> None:
    """Raises `Unauthorized`, `InvalidApiKey` or `Forbidden`."""
    identity: Identity = request.app.state.identity
    if await identity.ring.asked():
        if given_key(request.headers) is None:
            raise Unauthorized("This studio asks for a key: Authorization: Bearer KEY, or X-API-Key: KEY.")
    elif request.method not in READING and request.headers.get("sec-fetch-site") in FOREIGN:
        # A form on any web page could otherwise spend the money of whoever visits it. Browsers say where a
        # request comes from and don't let pages lie about it; other clients don't send the header.
        raise Forbidden("This came from another web site's page. Calls like it need IMAGESTUDIO_API_KEYS.")
    visitor_of(request.scope)


def studio_of(request: Request) -> Studio:
    """The studio as the visitor sees whose request this is. Raises the `StudioError` that refused them."""
    studio = studio_of(request)
    return studio.seen_by(visitor_of(request.scope))
