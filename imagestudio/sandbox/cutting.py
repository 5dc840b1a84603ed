"""Cutting a connection, for which ASGI has no message: ours is `sandbox.cut`.

`SandboxTransport` and `CuttingProtocol` understand it; each ends the exchange as a closed socket would.
"""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

CUT = {"type": "sandbox.cut"}


class Dropped(Response):
    """No answer at all: the connection closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(dict(CUT))


class Truncated(Response):
    """Announces the whole body, sends the first half of it, and closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await send(dict(CUT))
