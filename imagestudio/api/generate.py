"""POST generate and edit: one request, one job, answered when it ends or as it stands."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from imagestudio.api.bodies import read_object
from imagestudio.api.deps import require_access, studio_of
from imagestudio.api.errors import GuardedRoute
from imagestudio.api.forms import is_form, read_form
from imagestudio.api.headers import idempotency_key
from imagestudio.api.job_response import answered
from imagestudio.api.origin import origin_of
from imagestudio.api.responses import success
from imagestudio.api.views import API, dry_run_view
from imagestudio.core.errors import BadRequest
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.studio.service import Upload

router = APIRouter(prefix=API, route_class=GuardedRoute, dependencies=[Depends(require_access)])


@router.post("/generate")
async def generate(request: Request) -> Response:
    """Pictures from a prompt."""
    if is_form(request):
        raise BadRequest(Message("form.not_for_generate"))
    return await _run(request, "generate", await read_object(request), None)


@router.post("/edit")
async def edit(request: Request) -> Response:
    """A changed picture from a picture and a prompt."""
    if is_form(request):
        return await _run(request, "edit", *await read_form(request))
    return await _run(request, "edit", await read_object(request), None)


async def _run(request: Request, task: Task, fields: dict[str, Any], upload: Upload | None) -> Response:
    studio = studio_of(request)
    key = idempotency_key(request.headers)
    job = await studio.submit(task, fields, upload=upload, idempotency_key=key, origin=origin_of(request))
    return success(dry_run_view(job)) if job.dry_run else await answered(request, job)
