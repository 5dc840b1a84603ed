"""An id for each request: in the answer, in the log's lines, and in the error that names no reason."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.core.ids import new_id
from imagestudio.core.log import REQUEST

NAME = "X-Request-Id"
LOOKS_LIKE_ONE = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""An id that a proxy gave is kept, so that its log and ours tell of the same request."""


class RequestIds:
    """Takes the request's id, or makes one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve under the id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(NAME, "")
        request_id = given if LOOKS_LIKE_ONE.fullmatch(given) else new_id()

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[NAME] = request_id
            await send(message)

        token = REQUEST.set(request_id)
        try:
            await self._app(scope, receive, named)
        finally:
            REQUEST.reset(token)
