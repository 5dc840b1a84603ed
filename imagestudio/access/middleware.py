"""Puts the visitor of each request where its handlers find it. Pure ASGI: nothing is held back."""

from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.access.identity import Identified, Identity
from imagestudio.core.errors import StudioError
from imagestudio.core.visitor import NOBODY, Visitor


class Identifying:
    """Fills `visitor` and `session` of the scope's state. A request whose key is refused is nobody's, and
    `refusal` says why: whoever asks for its visitor raises it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Identify, then serve."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity: Identity = scope["app"].state.identity
        state: dict[str, Any] = scope.setdefault("state", {})
        try:
            who = await identity.identify(HTTPConnection(scope))
        except StudioError as error:
            who, state["refusal"] = Identified(NOBODY), error
        state["visitor"], state["session"] = who.visitor, who.session

        async def setting(message: Message) -> None:
            # The handler may have changed the session meanwhile.
            if message["type"] == "http.response.start" and (session := state["session"]) and session.set:
                cookie = identity.cookies.header(session, secure=scope["scheme"] == "https")
                headers = [*message.get("headers", []), (b"set-cookie", cookie.encode("ascii"))]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, setting)


def visitor_of(scope: Scope) -> Visitor:
    """Who a request is. Raises the `StudioError` that refused it."""
    state = scope["state"]
    if refusal := state.get("refusal"):
        raise refusal
    visitor: Visitor = state["visitor"]
    return visitor
