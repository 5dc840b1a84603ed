"""Who may call: holders of one of the studio's keys, or, where none is set, all but foreign web pages."""

from hmac import compare_digest

from fastapi import Request

from imagestudio.errors import Forbidden, InvalidApiKey, Unauthorized
from imagestudio.settings import Settings

FOREIGN = ("cross-site", "same-site")
READING = ("GET", "HEAD")


async def require_access(request: Request) -> None:
    """Raises `Unauthorized`, `InvalidApiKey` or `Forbidden`."""
    settings: Settings = request.app.state.settings
    if settings.api_keys:
        _require_key(request, settings)
    elif request.method not in READING and request.headers.get("sec-fetch-site") in FOREIGN:
        # A form on any web page could otherwise spend the money of whoever visits it. Browsers say where a
        # request comes from and don't let pages lie about it; other clients don't send the header.
        raise Forbidden("This came from another web site's page. Calls like it need IMAGESTUDIO_API_KEYS.")


def _require_key(request: Request, settings: Settings) -> None:
    given = _given(request)
    if given is None:
        raise Unauthorized("This studio asks for a key: Authorization: Bearer KEY, or X-API-Key: KEY.")
    # Bytes of equal meaning on both sides, and every key compared, so that time tells nothing.
    sent = given.encode("latin-1", "replace")
    known = [compare_digest(sent, key.get_secret_value().encode()) for key in settings.api_keys]
    if not any(known):
        raise InvalidApiKey("This studio does not know that key. Ask whoever runs it for a valid one.")


def _given(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.headers.get("x-api-key") or None
