"""The headers that keep a browser from doing more with an answer than was meant, on every answer."""

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.access.paths import path_of
from imagestudio.api.middleware.csp import PERMISSIONS, Policy, keeps_apart

EMBEDDED = ("/api/", "/shared/")
"""Pictures that other sites may show: whoever knows their address got it from the studio."""
CSP = "Content-Security-Policy"


class SecurityHeaders:
    """Adds them where the app has not set its own. A page's scripts get a nonce: no others run."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve with them."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send, self._policy)
        await self._app(scope, receive, answer.send)


class _Answer:
    def __init__(self, scope: Scope, send: Send, policy: Policy) -> None:
        self._scope, self._send, self._policy = scope, send, policy
        self._page: Message | None = None
        self._nonce = ""
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif self._page is not None and message["type"] == "http.response.body":
            await self._collect(message, self._page)
        else:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        is_page = headers.get("content-type", "").startswith("text/html") and CSP not in headers
        self._nonce = secrets.token_urlsafe(18) if is_page else ""
        headers.setdefault(CSP, self._policy.content_security(self._nonce or None))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        if keeps_apart(self._scope["scheme"], Headers(scope=self._scope).get("host", "")):
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin-allow-popups")
        if not path_of(self._scope).startswith(EMBEDDED):
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_page and self._scope["method"] != "HEAD":
            headers.setdefault("Cache-Control", "no-store")  # the nonce is good for once
            self._page = message
        else:
            await self._send(message)

    async def _collect(self, message: Message, page: Message) -> None:
        """A page is small, and comes at once: its scripts are marked when it is whole."""
        self._parts.append(message.get("body", b""))
        if message.get("more_body", False):
            return
        # What is data in Gradio's page can't hold the text: its < is written as an escape.
        body = b"".join(self._parts).replace(b"<script", f'<script nonce="{self._nonce}"'.encode())
        MutableHeaders(scope=page)["Content-Length"] = str(len(body))
        await self._send(page)
        await self._send({"type": "http.response.body", "body": body})
