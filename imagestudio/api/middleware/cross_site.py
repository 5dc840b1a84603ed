"""Requests that another site's page makes in the name of whoever looks at it."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import Forbidden
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings

READING = ("GET", "HEAD", "OPTIONS")
FOREIGN = ("cross-site", "same-site")


class CrossSiteGuard:
    """Refuses whatever another site's page would change, unless it brings an API key.

    Browsers say where a request comes from, and don't let pages lie about it: Sec-Fetch-Site, and Origin in
    old ones or over plain http. Other clients send neither, and have no cookie that a page could abuse.
    A page can't send a header such as X-API-Key to another site that has not allowed it: a key proves that
    the request is no form and no simple fetch. Of the sites that may call, cookies are never taken.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._origins = settings.cors_origins
        self._own = _scheme_and_host(settings.public_address or "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._is_foreign(headers, secure=scope["scheme"] == "https"):
            await self._app(scope, receive, send)
        elif (
            scope["method"] in READING
            or _has_key(headers)
            or headers.get("origin", "").lower() in self._origins
        ):
            if "origin" in headers:
                scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
            await self._app(scope, receive, send)
        else:
            error = Forbidden(Message("request.cross_site"))
            await refusal(scope, error)(scope, receive, send)

    def _is_foreign(self, headers: Headers, *, secure: bool) -> bool:
        if site := headers.get("sec-fetch-site"):
            return site in FOREIGN
        origin = headers.get("origin")
        if origin is None:
            return False
        scheme, host = _scheme_and_host(origin)
        hosts = [headers.get("host", ""), headers.get("x-forwarded-host", ""), self._own[1]]
        if host not in [host.lower() for host in hosts if host]:
            return True
        # TLS may end at a proxy that does not say so. A page that came over http anybody on its way wrote:
        # it is ours only where the studio is at http, too.
        return scheme != "https" and (scheme != "http" or secure or self._own == ("https", host))


def _has_key(headers: Headers) -> bool:
    return "x-api-key" in headers or headers.get("authorization", "").lower().startswith("bearer ")


def _scheme_and_host(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme.lower(), parts.netloc.lower()
