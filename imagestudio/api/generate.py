"""POST generate and edit: one request, one job, answered when it ends or as it stands."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from imagestudio.api.bodies import read_object
from imagestudio.api.deps import origin_of, studio_of
from imagestudio.api.forms import is_form, read_form
from imagestudio.api.openapi.errors import access, endings, foreign, refusals, refused, wrong_picture
from imagestudio.api.openapi.parts import GOES_ON, IDEMPOTENCY_KEY, PREFER
from imagestudio.api.openapi.requests import request_body
from imagestudio.api.params import idempotency_key, respond_async
from imagestudio.api.responses import GuardedRoute, job_answer, problem_of, success
from imagestudio.api.schemas import Answer, DryRun, Job
from imagestudio.api.views import job_view
from imagestudio.core import job as jobs
from imagestudio.core.errors import BadRequest
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.core.settings import Settings
from imagestudio.jobs.document import dry_run_document
from imagestudio.studio.service import Upload

ABOUT = (
    "Answers when the job ends (200), or as it stands (202) once the time for waiting is over, or at once "
    "where Prefer says so. Hanging up never cancels a job. What a model does not take is refused by name; "
    "null and an empty text count as left out."
)
ENDED = "The job has ended: with pictures, or canceled. Or what a dry run would do."

router = APIRouter(route_class=GuardedRoute, tags=["Runs"])


@router.post(
    "/generate",
    operation_id="generate",
    summary="Make pictures from a prompt",
    description=ABOUT,
    response_model=Answer[Job | DryRun],
    response_description=ENDED,
    responses=GOES_ON | refused(*access(), *foreign(), *refusals(), *endings()),
    openapi_extra={"parameters": [PREFER, IDEMPOTENCY_KEY], "requestBody": request_body("generate")},
)
async def generate(request: Request) -> Response:
    """Pictures from a prompt."""
    if is_form(request):
        raise BadRequest(Message("form.not_for_generate"))
    return await _run(request, "generate", await read_object(request), None)


@router.post(
    "/edit",
    operation_id="edit",
    summary="Change a picture",
    description=ABOUT,
    response_model=Answer[Job | DryRun],
    response_description=ENDED,
    responses=GOES_ON | refused(*access(), *foreign(), *refusals(), *wrong_picture(), *endings()),
    openapi_extra={"parameters": [PREFER, IDEMPOTENCY_KEY], "requestBody": request_body("edit")},
)
async def edit(request: Request) -> Response:
    """A changed picture from a picture and a prompt."""
    if is_form(request):
        return await _run(request, "edit", *await read_form(request))
    return await _run(request, "edit", await read_object(request), None)


async def _run(request: Request, task: Task, fields: dict[str, Any], upload: Upload | None) -> Response:
    studio = studio_of(request)
    key = idempotency_key(request.headers)
    job = await studio.submit(task, fields, upload=upload, idempotency_key=key, origin=origin_of(request))
    return success(dry_run_document(job)) if job.dry_run else await answer_job(request, job)


async def answer_job(request: Request, job: jobs.Job) -> Response:
    """200 with the ended job or the problem that it ended in; 202 once the time for waiting is over, or at
    once where the request prefers so."""
    studio = studio_of(request)
    settings: Settings = request.app.state.settings
    if respond_async(request.headers):
        return await _accepted(request, job, {"Preference-Applied": "respond-async"})
    # Hanging up ends this wait at most; the job belongs to the worker.
    job = await studio.outcome(job, settings.sync_timeout_s)
    return await _ended(request, job) if job.ended else await _accepted(request, job, {})


async def _accepted(request: Request, job: jobs.Job, headers: dict[str, str]) -> Response:
    view = await job_view(studio_of(request), job, origin_of(request))
    return success(view, 202, headers | {"Location": view["poll_url"]})


async def _ended(request: Request, job: jobs.Job) -> Response:
    """The job, or why it has no picture. That it was canceled meanwhile is no error."""
    if job.told_error is not None:
        return problem_of(job.told_error.with_details(job_id=job.id).as_dict())
    return await job_answer(await job_view(studio_of(request), job, origin_of(request)))
