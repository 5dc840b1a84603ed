"""How a request is refused that no route has seen: as the API answers, as Gradio does, or in a plain line."""

import math
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from imagestudio.access.paths import path_of
from imagestudio.api.responses import language_of, problem
from imagestudio.core.errors import RateLimited, StudioError

OURS = ("/api/", "/visitor", "/shared/", "/openapi.json")
GRADIO = "/gradio_api/"


def refusal(
    scope: Scope, error: StudioError, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer that whoever calls this address can read: a person a line, which starts with the public
    code, a program JSON."""
    path = path_of(scope)
    asks_for_page = "text/html" in Headers(scope=scope).get("accept", "")
    if path.startswith(OURS) or not (asks_for_page or path.startswith(GRADIO)):
        return problem(error, status, headers, language=language_of(scope))
    if isinstance(error, RateLimited) and error.retry_after is not None:
        headers = {"Retry-After": str(math.ceil(error.retry_after)), **(headers or {})}
    line = f"{error.code}: {error.message}"
    if path.startswith(GRADIO):
        # What FastAPI, and so Gradio, calls it.
        return JSONResponse({"detail": line}, status or error.status, headers)
    return PlainTextResponse(f"{line}\n", status or error.status, headers)
