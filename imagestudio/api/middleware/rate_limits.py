"""The limit on requests as REST has it. Gradio's callers and the page meet it at what they run."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.access.paths import path_of
from imagestudio.access.rate_limit import Rates
from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.visitor import Visitor

COUNTED = "/api/v1/"


class RateLimits:
    """Counts calls, refuses those beyond the limit, and says on every answer what is left. Behind whoever
    says who a request is."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self._app = app
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse."""
        if scope["type"] != "http" or not path_of(scope).startswith(COUNTED):
            await self._app(scope, receive, send)
            return
        visitor: Visitor = scope["state"]["visitor"]
        allowance = self._rates.take(visitor, scope["client"][0] if scope.get("client") else None)
        if allowance is None:
            await self._app(scope, receive, send)
            return

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(allowance.headers())
            await send(message)

        app = refusal(scope, allowance.refusal()) if allowance.refused else self._app
        await app(scope, receive, telling)
