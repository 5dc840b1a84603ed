"""What no route serves under /api: told so in JSON, before the page could answer with HTML."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from imagestudio.api.errors import problem
from imagestudio.core.errors import BadRequest, NotFound
from imagestudio.core.messages import Message


class Unknown:
    """An ASGI app that answers 404, or 405 with what is allowed where the path is one of `routes`."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        here = [route for route in self._routes if route.matches(scope)[0] is Match.PARTIAL]
        allowed = sorted({method for route in here for method in getattr(route, "methods", ())})
        if allowed:
            error = BadRequest(Message("request.only_methods", allowed=allowed), allowed=allowed)
            answer = problem(error, 405, {"Allow": ", ".join(allowed)})
        else:
            answer = problem(NotFound(Message("request.nothing_here")))
        await answer(scope, receive, send)
