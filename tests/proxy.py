"""A proxy in front of a studio, as people set them up: what is taken off the path, and what is passed on."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "date", "server")


@dataclass
class Proxy:
    """An ASGI application that hands requests on to `target`."""

    target: str
    prefix: str = ""
    """What it serves under; all else is another application's."""
    strips: bool = True
    """Whether it takes that off the path."""
    passes_host: bool = True
    says: Mapping[str, str] = field(default_factory=dict)
    """Headers that it sets."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if not path.startswith(self.prefix):
            await Response("Another application's.", 404)(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        if self.strips:
            path = path.removeprefix(self.prefix) or "/"
        headers = dict(Headers(scope=scope).items()) | {
            name.lower(): text for name, text in self.says.items()
        }
        if not self.passes_host:
            headers.pop("host")
        query = scope["query_string"].decode()
        request = httpx.Request(
            scope["method"],
            f"{self.target}{path}{'?' if query else ''}{query}",
            headers=headers,
            content=body,
        )
        handing_on = asyncio.create_task(self._hand_on(request, send))
        leaving = asyncio.create_task(receive())
        await asyncio.wait({handing_on, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        handing_on.cancel()
        await asyncio.gather(handing_on, return_exceptions=True)

    async def _hand_on(self, request: httpx.Request, send: Any) -> None:
        async with httpx.AsyncClient(timeout=None, follow_redirects=False) as client:
            answer = await client.send(request, stream=True)
            kept = [(name.lower(), text) for name, text in answer.headers.raw]
            kept = [pair for pair in kept if pair[0].decode() not in HOP_BY_HOP]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
            async for part in answer.aiter_raw():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
