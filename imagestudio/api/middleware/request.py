"""What every request gets, and every answer carries: an id, a place in the figures, an answer to a fault, and
the headers that keep a browser from doing more with it than was meant."""

import re
import secrets
import time

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.access.paths import path_of
from imagestudio.api.metrics import RequestMetrics
from imagestudio.api.middleware.csp import PERMISSIONS, Policy, keeps_apart
from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.ids import new_id
from imagestudio.core.log import REQUEST, internal_error, log_fault

ID = "X-Request-Id"
LOOKS_LIKE_ONE = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""An id that a proxy gave is kept, so that its log and ours tell of the same request."""
EMBEDDED = ("/api/", "/shared/")
"""Pictures that other sites may show: whoever knows their address got it from the studio."""
HSTS = "max-age=31536000"
CSP = "Content-Security-Policy"


class RequestMiddleware:
    """Outside all guards: what they refuse has an id, the headers and a place in the figures, too."""

    def __init__(self, app: ASGIApp, policy: Policy, metrics: RequestMetrics) -> None:
        self._app = app
        self._policy = policy
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve. The last to see an exception: what was begun is cut off, what was not is answered."""
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            except Exception as error:
                log_fault(error)
            return
        answer = _Answer(scope, send, self._policy, self._metrics)
        token = REQUEST.set(answer.request_id)
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:
            internal = log_fault(error)
            if not answer.begun:
                await refusal(scope, internal)(scope, receive, answer.send)
        finally:
            REQUEST.reset(token)


async def answer_to_fault(request: Request, error: Exception) -> Response:
    """For an app that answers its own faults before it raises them: `RequestMiddleware` logs them."""
    return refusal(request.scope, internal_error())


class _Answer:
    """One request's answer on its way out. A page's scripts get a nonce: no others run."""

    def __init__(self, scope: Scope, send: Send, policy: Policy, metrics: RequestMetrics) -> None:
        self._scope, self._send, self._policy, self._metrics = scope, send, policy, metrics
        # Read now: whatever serves the request changes its scope, and tells so which route it was.
        self._path, self._method = path_of(scope), scope["method"]
        self._began_at = time.perf_counter()
        self._page: Message | None = None
        self._nonce = ""
        self._parts: list[bytes] = []
        self.begun = False
        request_id = Headers(scope=scope).get(ID, "")
        self.request_id = request_id if LOOKS_LIKE_ONE.fullmatch(request_id) else new_id()

    async def send(self, message: Message) -> None:
        self.begun = True
        if message["type"] == "http.response.start":
            await self._start(message)
        elif self._page is not None and message["type"] == "http.response.body":
            await self._collect(message, self._page)
        else:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        waited = time.perf_counter() - self._began_at
        self._metrics.count(self._method, _template(self._scope), message["status"], waited)
        headers = MutableHeaders(scope=message)
        is_page = headers.get("content-type", "").startswith("text/html") and CSP not in headers
        self._nonce = secrets.token_urlsafe(18) if is_page else ""
        headers[ID] = self.request_id
        headers.setdefault(CSP, self._policy.content_security(self._nonce or None))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        if self._scope["scheme"] == "https":
            headers.setdefault("Strict-Transport-Security", HSTS)
        if headers.get("content-type", "").startswith("application/json"):
            headers.setdefault("Cache-Control", "no-store")  # of one visitor
        if keeps_apart(self._scope["scheme"], Headers(scope=self._scope).get("host", "")):
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin-allow-popups")
        if not self._path.startswith(EMBEDDED):
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_page and self._method != "HEAD":
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


def _template(scope: Scope) -> str | None:
    """The path as its route was declared, with the prefix that its router stands under."""
    path = getattr(scope.get("route"), "path", None)
    if not isinstance(path, str) or ":path}" in path:
        return path if isinstance(path, str) else None
    # FastAPI names the route without the prefixes of routers around it; these hold no parameters.
    return "/".join(path_of(scope).split("/")[: -path.count("/") or None]) + path
