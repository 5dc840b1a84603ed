"""What answers look like: `{"success": true, "data": …}`, or `{"error": …}` with its status and headers."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

import orjson
from fastapi import Request
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Scope

from imagestudio.access.paths import path_of
from imagestudio.core.errors import BadRequest, StudioError, status_of
from imagestudio.core.log import log_fault
from imagestudio.core.messages import PROGRAM, Message, language_for

PAGE = "/visitor"
"""What the page's own addresses begin with."""
PRIVATE = {"Cache-Control": "no-store"}


class Json(Response):
    """JSON as valid UTF-8, whatever the strings hold: half a surrogate pair becomes a question mark."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        with suppress(orjson.JSONEncodeError):  # half a surrogate pair, or a very large number
            return orjson.dumps(content)
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def success(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Json:
    """The answer to a request that was served."""
    return Json({"success": True, "data": data}, status, headers)


def private(data: Any) -> Json:
    """The same for the page, whose answers no cache may store."""
    return success(data, headers=PRIVATE)


async def job_answer(job: Mapping[str, Any]) -> Json:
    """The answer that shows a job. With pictures in it it is written in a thread: they have megabytes."""
    if any("base64" in image for image in job["images"]):
        return await asyncio.to_thread(success, job)
    return success(job)


def problem(
    error: StudioError,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    language: str = PROGRAM,
) -> Json:
    """The answer to a request that was refused or failed."""
    return problem_of(error.as_dict(language), status, headers)


def problem_of(
    error: Mapping[str, Any], status: int | None = None, headers: Mapping[str, str] | None = None
) -> Json:
    """The same for an error that was stored with its job. The status is the code's, unless one is given."""
    status = status or status_of(error["code"])
    sent = dict(headers or {})
    if wait := error["details"].get("retryAfter"):
        sent["Retry-After"] = str(wait)
    if status == 401:
        sent["WWW-Authenticate"] = "Bearer"
    return Json({"error": error}, status, sent)


def language_of(scope: Scope) -> str:
    """Who reads the answer: programs read English, the page its visitor's language."""
    if not path_of(scope).startswith(PAGE):
        return PROGRAM
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
