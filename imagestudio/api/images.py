"""POST generate and edit: one request, one job, answered when it ends or as it stands."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from imagestudio.api.access import require_access
from imagestudio.api.answers import success
from imagestudio.api.bodies import read_object
from imagestudio.api.forms import is_form, read_form
from imagestudio.api.headers import idempotency_key, respond_async
from imagestudio.api.origin import origin_of
from imagestudio.api.problems import GuardedRoute, problem_of
from imagestudio.api.views import API, job_view
from imagestudio.errors import BadRequest
from imagestudio.generation import Task
from imagestudio.jobs import Job
from imagestudio.settings import Settings
from imagestudio.studio import Studio, Upload

router = APIRouter(prefix=API, route_class=GuardedRoute, dependencies=[Depends(require_access)])


@router.post("/generate")
async def generate(request: Request) -> Response:
    """Pictures from a prompt."""
    if is_form(request):
        raise BadRequest(
            "generate takes a JSON object. A multipart form is for edit, with its file as image."
        )
    return await _run(request, "generate", await read_object(request), None)


@router.post("/edit")
async def edit(request: Request) -> Response:
    """A changed picture from a picture and a prompt."""
    if is_form(request):
        return await _run(request, "edit", *await read_form(request))
    return await _run(request, "edit", await read_object(request), None)


async def _run(request: Request, task: Task, fields: dict[str, Any], upload: Upload | None) -> Response:
    studio: Studio = request.app.state.studio
    settings: Settings = request.app.state.settings
    key = idempotency_key(request.headers)
    job = await studio.submit(task, fields, upload=upload, idempotency_key=key, origin=origin_of(request))
    if respond_async(request.headers):
        return await _accepted(request, job, {"Preference-Applied": "respond-async"})
    # Hanging up ends this wait at most; the job belongs to the worker.
    job = await studio.wait(job.id, settings.sync_timeout_s)
    return await _ended(request, job) if job.ended else await _accepted(request, job, {})


async def _accepted(request: Request, job: Job, headers: dict[str, str]) -> Response:
    view = await job_view(request.app.state.studio, job, origin_of(request))
    return success(view, 202, headers | {"Location": view["poll_url"]})


async def _ended(request: Request, job: Job) -> Response:
    """The job, or why it has no picture. That it was canceled meanwhile is no error."""
    if job.error is not None:
        return problem_of(job.error | {"details": job.error["details"] | {"job_id": job.id}})
    return success(await job_view(request.app.state.studio, job, origin_of(request)))
