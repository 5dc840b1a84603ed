"""How a failure is answered: the error object of the contract, its status and the headers that go with it."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from imagestudio.api.responses import Json
from imagestudio.core.errors import BadRequest, StudioError, status_of
from imagestudio.core.log import log_fault


def problem(error: StudioError, status: int | None = None, headers: Mapping[str, str] | None = None) -> Json:
    """The answer to a request that was refused or failed."""
    return problem_of(error.as_dict(), status, headers)


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


class GuardedRoute(APIRoute):
    """A route whose every failure becomes a problem: no exception, and no stack trace, gets past it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handle(request)
            except StudioError as error:
                return problem(error)
            except ClientDisconnect:
                return problem(BadRequest("The body was cut short."))
            except Exception as error:
                return problem(log_fault(error))

        return guarded
