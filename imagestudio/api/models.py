"""The catalog, and what can run now."""

from typing import get_args

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from imagestudio.api.deps import require_access, studio_of
from imagestudio.api.errors import GuardedRoute
from imagestudio.api.responses import success
from imagestudio.api.views import API, model_view
from imagestudio.catalog.validation import shown
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.core.request import Task

TASKS: tuple[Task, ...] = get_args(Task)

router = APIRouter(prefix=f"{API}/models", route_class=GuardedRoute, dependencies=[Depends(require_access)])


@router.get("")
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
        Message("query.task", allowed=TASKS, value=shown(text)), field="task", allowed=list(TASKS)
    )
