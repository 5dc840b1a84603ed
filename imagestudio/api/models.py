"""The catalog, what of it can run now, and whether the studio is up at all."""

from typing import get_args

from fastapi import APIRouter, Request
from starlette.responses import Response

from imagestudio.api.deps import studio_of
from imagestudio.api.openapi.version import VERSION
from imagestudio.api.responses import GuardedRoute, Json, success
from imagestudio.api.views import model_view
from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.core.request import Task

TASKS: tuple[Task, ...] = get_args(Task)

router = APIRouter(route_class=GuardedRoute)
open_router = APIRouter(route_class=GuardedRoute)


@router.get("/models")
async def list_models(request: Request) -> Response:
    """Every model, or those of one task."""
    studio = studio_of(request)
    return success([model_view(studio, view) for view in studio.models(_task(request))])


def _task(request: Request) -> Task | None:
    text = request.query_params.get("task")
    for task in TASKS:
        if text == task:
            return task
    if text is None:
        return None
    raise InvalidParameter(
        Message("query.task", allowed=TASKS, value=excerpt(text)), field="task", allowed=list(TASKS)
    )


@open_router.get("/api/health")
@open_router.head("/api/health")
async def health(request: Request) -> Response:
    """Up, and whether it is a demo. Asks for no key."""
    return Json({"status": "ok", "demo": request.app.state.settings.demo, "version": VERSION})
