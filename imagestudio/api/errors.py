"""How a failure is answered: the error object of the contract, its status and the headers that go with it."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Scope

from imagestudio.access.paths import path_of
from imagestudio.api.responses import Json
from imagestudio.core.errors import BadRequest, StudioError, status_of
from imagestudio.core.log import log_fault
from imagestudio.core.messages import ENGLISH, Message, language_for

PAGE = "/visitor"
"""What the page's own addresses begin with."""


def problem(
    error: StudioError,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    language: str = ENGLISH,
) -> Json:
    """The answer to a request that was refused or failed."""
    return problem_of(error.as_dict(language), status, headers)


def problem_of(
    error: Mapping[str, Any], status: int | None = None, headers: Mapping[str, str] | None = None
) -> Json:
    """The same for an error that was stored with its job. The status is the code's, unless one is given."""
    status = status or status_of(error["code"])
    said = dict(headers or {})
    if wait := error["details"].get("retryAfter"):
        said["Retry-After"] = str(wait)
    if status == 401:
        said["WWW-Authenticate"] = "Bearer"
    return Json({"error": error}, status, said)


def language_of(scope: Scope) -> str:
    """Who reads the answer: programs read English, the page its visitor's language."""
    if not path_of(scope).startswith(PAGE):
        return ENGLISH
    return language_for(Headers(scope=scope).get("accept-language", ""))


class GuardedRoute(APIRoute):
    """A route whose every failure becomes a problem: no exception, and no stack trace, gets past it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            refused: StudioError
            try:
                return await handle(request)
            except StudioError as error:
                refused = error
            except ClientDisconnect:
                refused = BadRequest(Message("request.cut_short"))
            except Exception as error:
                refused = log_fault(error)
            return problem(refused, language=language_of(request.scope))

        return guarded
