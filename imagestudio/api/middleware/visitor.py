"""Who a request is, for its handlers, and how often they may call. Gradio's callers and the page are counted
at what they run (`ui/callers.py`)."""

from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.access.identity import Identified, Identity
from imagestudio.access.paths import REST, path_of
from imagestudio.access.rate_limit import RateLimiter
from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import StudioError
from imagestudio.core.visitor import NOBODY


class VisitorMiddleware:
    """Fills `visitor` and `session` of the scope's state. A request whose key is refused is nobody's, and
    `refusal` says why: whoever asks for its visitor raises it. REST's calls are counted, refused beyond the
    limit, and told on every answer what is left."""

    def __init__(self, app: ASGIApp, rates: RateLimiter) -> None:
        self._app = app
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Identify and count, then serve or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity: Identity = scope["app"].state.identity
        state: dict[str, Any] = scope.setdefault("state", {})
        try:
            identified = await identity.identify(HTTPConnection(scope))
        except StudioError as error:
            identified, state["refusal"] = Identified(NOBODY), error
        state["visitor"], state["session"] = identified.visitor, identified.session
        allowance = None
        if REST.match(path_of(scope)):
            client = scope.get("client")
            allowance = self._rates.take(identified.visitor, client[0] if client else None)
        secure = scope["scheme"] == "https"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if allowance is not None:
                    headers.update(allowance.headers())
                # The handler may have changed the session meanwhile.
                if (session := state["session"]) and session.set:
                    headers.append("Set-Cookie", identity.cookies.header(session, secure=secure))
            await send(message)

        if allowance is not None and allowance.refused:
            await refusal(scope, allowance.refusal())(scope, receive, answer)
        else:
            await self._app(scope, receive, answer)
