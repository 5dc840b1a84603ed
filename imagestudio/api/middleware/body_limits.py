"""How much a request may send, by address: counted while it streams, and refused before it is all there."""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from imagestudio.access.paths import path_of
from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import PayloadTooLarge
from imagestudio.core.messages import Message
from imagestudio.core.units import MAX_UPLOAD

PICTURE = 32 * 1024 * 1024
"""Bytes of a body that may hold a picture of 20 MiB as base64, and some."""
SMALL = 64 * 1024
ANY = 1024 * 1024
UPLOAD = MAX_UPLOAD + ANY
"""A file, and what a form puts around it."""

LIMITS = (
    (re.compile(r"/api/v1/image/edit/?"), PICTURE),
    # image_url takes data URIs here, as it does there.
    (re.compile(r"/gradio_api/(queue/join|call/.*|mcp(/.*)?)"), PICTURE),
    (re.compile(r"/gradio_api/upload/?"), UPLOAD),
    (re.compile(r"/visitor/recipe"), UPLOAD),
    (re.compile(r"/visitor(/.*)?"), SMALL),
)


def limit_of(path: str) -> int:
    """Bytes that a request to this path may send."""
    return next((limit for pattern, limit in LIMITS if pattern.fullmatch(path)), ANY)


class BodyLimit:
    """Refuses what is larger, with 413."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve up to the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, send, limit_of(path_of(scope)))
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and (len(declared) > 18 or int(declared) > body.limit):
            body.passed = True
        else:
            try:
                await self._app(scope, body.receive, body.send)
            except Exception:
                # Raised by us, and perhaps in a group by now; what was begun is cut off.
                if not body.passed:
                    raise
        if body.passed and not body.answered:
            await refusal(scope, _too_large(body.limit), headers={"Connection": "close"})(
                scope, receive, send
            )


class _Body:
    """One request's body. Once it has passed its limit, whatever else the app would answer is dropped."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self.limit = limit
        self.passed = self.answered = False
        self._receive, self._send = receive, send
        self._received = 0

    async def receive(self) -> Event:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self.limit:
            self.passed = True
            raise _too_large(self.limit)
        return message

    async def send(self, message: Event) -> None:
        if self.passed and not self.answered:
            return
        self.answered = True
        await self._send(message)


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(
        Message("request.too_large", most=limit),
        allowed={"maxBytes": limit},
    )
