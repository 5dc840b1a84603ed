"""Counts every request. Pure ASGI: nothing is held back."""

import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.api.metrics.requests import Requests

ROUTED = "routed"
"""Where in the request's state the scope is that the router fills: guards pass on copies of theirs."""


class Counting:
    """The outermost: it counts what the guards refuse, too."""

    def __init__(self, app: ASGIApp, requests: Requests) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and count the answer once its head leaves."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        state: dict[str, Any] = scope.setdefault("state", {})

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                waited = time.perf_counter() - began
                route = _template(state.get(ROUTED, {}))
                self._requests.count(scope["method"], route, message["status"], waited)
            await send(message)

        await self._app(scope, receive, counting)


class Routing:
    """The innermost: it leaves the scope in which the router will name its route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        state[ROUTED] = scope
        try:
            await self._app(scope, receive, send)
        finally:
            del state[ROUTED]  # else the scope holds itself


def _template(scope: Scope) -> str | None:
    """The path as its route was declared."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else None
