"""Faults that no route caught: told in a sentence with the id of the request; the trace is in the log."""

from fastapi import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.log import internal_error, log_fault


class Faults:
    """The last to see an exception. What was begun is cut off; what was not is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and let nothing through."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            internal = log_fault(error)
            if scope["type"] == "http" and not begun:
                await refusal(scope, internal)(scope, receive, send)


async def answer_to_fault(request: Request, error: Exception) -> Response:
    """For an app that answers its own faults before it raises them: `Faults` logs them."""
    return refusal(request.scope, internal_error())
