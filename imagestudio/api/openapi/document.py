"""The reference for programs: FastAPI's own document of the routes, with the catalog's requests added."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from imagestudio.access.identity import Identity
from imagestudio.api.openapi.requests import request_schemas
from imagestudio.api.openapi.version import VERSION
from imagestudio.api.openapi.webhooks import webhooks
from imagestudio.api.responses import GuardedRoute, Json

ABOUT = (
    "Image models of several providers behind one API. Every request becomes a job that is kept: "
    "what was asked, what was sent, what came back and what it cost. Where calls are limited, every answer "
    "says how often you may call in a minute (X-RateLimit-Limit), how often you still may now "
    "(X-RateLimit-Remaining) and in how many seconds there is room for one more (X-RateLimit-Reset)."
)
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
UNUSED = "HTTPValidationError"
"""FastAPI's own refusal of parameters, which it adds to each route: the studio refuses in its own words."""

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


@router.get("/openapi.json")
async def read_openapi(request: Request) -> Response:
    """The API as OpenAPI 3.1."""
    identity: Identity = request.app.state.identity
    described: FastAPI = request.app.state.described
    return Json(document(described, request.scope.get("root_path", ""), keys=await identity.ring.has_keys()))


def document(app: FastAPI, root_path: str, *, keys: bool) -> dict[str, Any]:
    """The whole document. `root_path` is the prefix that the API is served under; `keys`, whether it asks
    for one."""
    if app.openapi_schema is None:
        app.version, app.description, app.separate_input_output_schemas = VERSION, ABOUT, False
        app.webhooks.routes[:] = webhooks.routes
        add_catalog(app.openapi())
    # {} means none: the schemes are there either way, so that clients are generated with them.
    security: list[dict[str, list[str]]] = [{name: []} for name in SCHEMES]
    return {
        **app.openapi(),
        "servers": [{"url": root_path.rstrip("/") or "/"}],
        "security": security if keys else [{}, *security],
    }


def add_catalog(schema: dict[str, Any]) -> None:
    """Put each model's request into FastAPI's document, and take out what the studio never answers."""
    for item in schema["paths"].values():
        for operation in item.values():
            answer = operation["responses"].get("422", {}).get("content", {}).get("application/json", {})
            if answer.get("schema", {}).get("$ref", "").endswith(UNUSED):
                del operation["responses"]["422"]
    del schema["webhooks"]["jobEnded"]["post"]["responses"]["200"]  # 2XX says it
    components = schema["components"]
    for name in (UNUSED, "ValidationError"):
        components["schemas"].pop(name, None)
    components["schemas"] |= request_schemas()
    components["securitySchemes"] = SCHEMES
