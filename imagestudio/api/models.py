"""The catalog, what of it can run now, and whether the studio is up at all."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from imagestudio.api.deps import studio_of
from imagestudio.api.openapi.errors import access, refused, wrong_query
from imagestudio.api.openapi.parts import OPEN
from imagestudio.api.openapi.version import VERSION
from imagestudio.api.params import one_of
from imagestudio.api.responses import PRIVATE, GuardedRoute, Json, success
from imagestudio.api.schemas import Answer, Health, Model, Ready
from imagestudio.api.views import model_view
from imagestudio.core.request import Task

TASKS: tuple[Task, ...] = get_args(Task)

HEALTH: dict[str, Any] = {
    "summary": "Whether the studio is up; needs no key",
    "response_model": Health,
    "response_description": "It is up.",
    "responses": refused(),
    "openapi_extra": OPEN,
}
READY: dict[str, Any] = {
    "summary": "Whether the studio can serve: it writes to its database and data folder; needs no key",
    "response_model": Ready,
    "response_description": "It can.",
    "responses": {
        **refused(),
        503: {"model": Ready, "description": "It can't: `missing` says what does not work."},
    },
    "openapi_extra": OPEN,
}


TaskQuery = Annotated[Task | None, one_of("task", TASKS), Query(description="Only of this task.")]

router = APIRouter(route_class=GuardedRoute, tags=["Models"])
open_router = APIRouter(route_class=GuardedRoute, tags=["Health"])


@router.get(
    "/models",
    operation_id="listModels",
    summary="The models: controls, price, where they stand, whether they can run now",
    response_model=Answer[list[Model]],
    response_description="The catalog.",
    responses=refused(*access(), *wrong_query()),
)
async def list_models(request: Request, task: TaskQuery = None) -> Response:
    """Every model, or those of one task, each with the JSON Schema of its request."""
    studio = studio_of(request)
    return success([model_view(studio, view) for view in studio.models(task)])


@open_router.get("/api/health", operation_id="health", **HEALTH)
@open_router.head("/api/health", operation_id="healthHead", **HEALTH)
async def health(request: Request) -> Response:
    """Up, and whether it is a demo. Asks for no key."""
    return Json({"status": "ok", "demo": request.app.state.settings.demo, "version": VERSION})


@open_router.get("/api/health/ready", operation_id="ready", **READY)
@open_router.head("/api/health/ready", operation_id="readyHead", **READY)
async def ready(request: Request) -> Response:
    """Whether a job would find what it needs. To restart a process, watch `/api/health` instead."""
    missing = await request.app.state.host.readiness.missing()
    content = {"status": "not_ready" if missing else "ready", "missing": list(missing)}
    return Json(content, 503 if missing else 200, PRIVATE)
