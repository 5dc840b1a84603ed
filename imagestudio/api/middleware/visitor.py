"""Who a request is, for its handlers, and how often they may call. What Gradio's callers, agents and the page
run is counted where it runs, too (`ui/callers.py`)."""

import re
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.access.identity import Identified, Identity
from imagestudio.access.paths import MCP, REST, path_of
from imagestudio.access.proxies import SilentProxies
from imagestudio.access.rate_limit import WRITING, DoorLimits, RateLimiter
from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import StudioError, Unauthorized
from imagestudio.core.messages import Message as Text
from imagestudio.core.visitor import SURE

DOORS = re.compile(r"/gradio_api/(queue/join|call/.+|cancel|reset/?|upload/?|mcp(/.*)?)")
"""Where programs, agents and the page hand in work that is not REST's."""
PROTOCOLS = re.compile(r"/gradio_api/(queue/join|mcp(/.*)?)")
"""Those whose clients read a refusal only where they read results: it is told in place of one."""
CALLS = re.compile(r"/gradio_api/call/.+")
SMALL = 64 * 1024


async def _open_door(identity: Identity, scope: Scope, path: str) -> None:
    """Where API keys are asked for, every door asks for one. The page's visitor comes in without, for
    what only the page does (`page_only`). Raises `Unauthorized`, or what refused the caller."""
    state = scope["state"]
    if scope["method"] not in WRITING or not DOORS.fullmatch(path):
        return
    if state["visitor"].kind in SURE or not await identity.ring.has_keys():
        return
    error = state.get("refusal") or Unauthorized(Text("access.key_asked"))
    if MCP.fullmatch(path):
        state["refusal"] = error
    if PROTOCOLS.fullmatch(path):
        length = Headers(scope=scope).get("content-length", "")
        if not length.isdecimal() or len(length) > 9 or int(length) > SMALL:
            raise error
    elif state["session"] is None or CALLS.fullmatch(path) or "refusal" in state:
        raise error
    state["page_only"] = True


class VisitorMiddleware:
    """Fills `visitor` and `session` of the scope's state. A request whose key is refused is nobody's, and
    `refusal` says why: whoever asks for its visitor raises it. REST's calls are counted, refused beyond the
    limit, and told on every answer what is left. All others are counted where they cost something."""

    def __init__(self, app: ASGIApp, rates: RateLimiter, doors: DoorLimits, proxies: SilentProxies) -> None:
        self._app = app
        self._proxies = proxies
        self._rates = rates
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Identify and count, then serve or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity: Identity = scope["app"].state.identity
        state: dict[str, Any] = scope.setdefault("state", {})
        connection = HTTPConnection(scope)
        try:
            identified = await identity.identify(connection)
        except StudioError as error:
            identified, state["refusal"] = Identified(identity.stranger(connection)), error
        state["visitor"], state["session"] = identified.visitor, identified.session
        client = scope.get("client")
        address, path = client[0] if client else None, path_of(scope)
        self._proxies.look(Headers(scope=scope), address, identified.visitor)
        allowance = None
        refused: StudioError | None = None
        try:
            if REST.match(path):
                allowance = self._rates.take(identified.visitor, address)
                refused = allowance.refusal() if allowance and allowance.refused else None
            else:
                self._doors.take(scope["method"], path, identified.visitor, address)
                await _open_door(identity, scope, path)
        except StudioError as error:
            refused = error
        secure = scope["scheme"] == "https"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if allowance is not None:
                    headers.update(allowance.headers())
                # The handler may have changed the session meanwhile.
                if (session := state["session"]) and session.set:
                    headers.append("Set-Cookie", identity.cookies.header(session, secure=secure))
                    if secure and (ends := identity.cookies.former_ends(Headers(scope=scope))):
                        headers.append("Set-Cookie", ends)
            await send(message)

        if refused is not None:
            await refusal(scope, refused)(scope, receive, answer)
        else:
            await self._app(scope, receive, answer)
