"""How a request is refused that no route has seen: as the API answers, as Gradio does, or in a plain line."""

import math
from collections.abc import Mapping

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
    """The answer that whoever calls this address can read. Its line starts with the public code."""
    path = path_of(scope)
    if path.startswith(OURS):
        return problem(error, status, headers, language=language_of(scope))
    if isinstance(error, RateLimited) and error.retry_after is not None:
        headers = {"Retry-After": str(math.ceil(error.retry_after)), **(headers or {})}
    line = f"{error.code}: {error.message}"
    if path.startswith(GRADIO):
        # What FastAPI, and so Gradio, calls it.
        return JSONResponse({"detail": line}, status or error.status, headers)
    return PlainTextResponse(f"{line}\n", status or error.status, headers)
