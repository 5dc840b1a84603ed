"""Which address a request was meant for: the one that its browser has, whatever proxies made of it.

Two places: `Forwarded` stands outside all, and reads what proxies say; `MeantHost` behind `TrustedHosts`,
which has to see the host as it came. Behind both, `scope` has the client, scheme, host and prefix of the
address that the visitor knows, and whatever makes addresses of a request (ours, Gradio's, Starlette's) makes
the right ones.
"""

import re
from ipaddress import ip_address
from typing import Any

import httpx
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from imagestudio.access.proxies import FORWARDED_FOR, proxies
from imagestudio.core.settings import PATH, Settings, is_loopback

HOST, FORWARDED_HOST, FORWARDED_PREFIX = "host", "x-forwarded-host", "x-forwarded-prefix"
LONGEST_PREFIX = 200
PORT = re.compile(r":[0-9]+$")


class Forwarded:
    """Believes proxies for whom they ask, by which scheme and host, and which prefix they took off; nobody
    else. The prefix of the settings goes before a proxy's. A path may come with it or without."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        inner: Any = app
        self._app: Any = ProxyHeadersMiddleware(inner, trusted_hosts=settings.forwarded_allow_ips)
        self._is_proxy = proxies(settings.forwarded_allow_ips)
        self._prefix = settings.prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; the prefix alone, without its slash, leads to the page."""
        if scope["type"] != "lifespan":
            client = scope.get("client")
            is_proxy = client is not None and self._is_proxy(client[0])
            if not is_proxy:
                _replace(scope, FORWARDED_HOST, Headers(scope=scope).get(HOST, ""), add=False)
            prefix = self._prefix or (_prefix_of(Headers(scope=scope)) if is_proxy else "")
            if scope["type"] == "http" and prefix and scope["path"] == prefix:
                query = scope["query_string"].decode("latin-1")
                there = RedirectResponse(f"{prefix}/{'?' if query else ''}{query}")
                await there(scope, receive, send)
                return
            # A server that was told a prefix itself has put it there already.
            if prefix and not scope.get("root_path"):
                scope["root_path"] = prefix
                if not scope["path"].startswith(f"{prefix}/"):
                    scope["path"] = prefix + scope["path"]
                    scope["raw_path"] = prefix.encode() + (scope.get("raw_path") or b"")
        await self._app(scope, receive, send)


class MeantHost:
    """Gives a request the host that its browser has. A proxy that does not pass Host on asks for the studio's
    own name (`127.0.0.1:7860`): what comes from it is known by the page that sent it, or by what else the
    proxy says. At the public address the scheme is the public one, too: TLS may end at a proxy that does not
    say so."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._public = httpx.URL(settings.public_address) if settings.public_address else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            host = headers.get(FORWARDED_HOST, "").split(",")[0].strip() or headers.get(HOST, "")
            if self._public is not None and _is_at(self._public, host, headers):
                host = self._public.netloc.decode()
                if self._public.scheme == "https":
                    scope["scheme"] = "https"
            _replace(scope, HOST, host)
            _replace(scope, FORWARDED_HOST, host, add=False)
        await self._app(scope, receive, send)


def _is_at(public: httpx.URL, host: str, headers: Headers) -> bool:
    """Whether a request for that host was sent to the public address."""
    netloc = public.netloc.decode()
    # Some proxies pass the name on without its port.
    if host.lower() in (netloc, PORT.sub("", netloc)):
        return True
    if origin := headers.get("origin"):
        return origin.lower() == f"{public.scheme}://{netloc}"
    return FORWARDED_FOR in headers and _is_machine(PORT.sub("", host))


def _is_machine(name: str) -> bool:
    """Whether a host is a machine rather than a name that somebody gave the studio."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return is_loopback(name)
    return True


def _prefix_of(headers: Headers) -> str:
    """What a proxy says that it took off; nothing where that is no plain path."""
    said = headers.get(FORWARDED_PREFIX, "").split(",")[0].strip().rstrip("/")
    return said if len(said) <= LONGEST_PREFIX and PATH.fullmatch(said) else ""


def _replace(scope: Scope, name: str, value: str, *, add: bool = True) -> None:
    """Set a header; where it is not there, only to `add` it."""
    key = name.encode()
    others = [pair for pair in scope["headers"] if pair[0] != key]
    if add or len(others) < len(scope["headers"]):
        scope["headers"] = [(key, value.encode("latin-1")), *others]
