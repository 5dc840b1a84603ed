"""Jobs: one, a page of them, the end of one; and one that brought no picture, once more."""

import re
from typing import Annotated, get_args

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, Field, WithJsonSchema
from starlette.responses import Response

from imagestudio.api.deps import count_run, origin_of, studio_of
from imagestudio.api.generate import answer_job
from imagestudio.api.openapi.errors import access, endings, foreign, missing, refusals, refused, wrong_query
from imagestudio.api.openapi.parts import GOES_ON, IDEMPOTENCY_KEY, PREFER, JobPath
from imagestudio.api.params import idempotency_key, one_of, period_end, period_start
from imagestudio.api.responses import GuardedRoute, job_answer, private, success
from imagestudio.api.schemas import Answer, Job, JobId, JobPage, Replay
from imagestudio.api.views import job_view
from imagestudio.catalog import MODELS
from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.job import JobStatus
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.jobs.document import job_document
from imagestudio.store.jobs import JobFilter

JOB_ID = re.compile(r"[0-9a-f]{32}")
LIMIT = re.compile(r"[0-9]{1,3}")
MOST, USUAL = 100, 20
"""Jobs on a page."""

CHANGE = refused(*access(), *foreign(), *missing())
ENDED = "The job has ended: with pictures, or canceled."
NO_TICKET = InvalidParameter(Message("job.no_ticket"), field="job_id")
NO_WEBHOOK = InvalidParameter(Message("webhook.none"), field="job_id")


def _limit(text: str) -> int:
    if not LIMIT.fullmatch(text) or not 1 <= int(text) <= MOST:
        raise InvalidParameter(
            Message("query.limit", most=MOST, value=excerpt(text)),
            field="limit",
            allowed={"minimum": 1, "maximum": MOST},
        )
    return int(text)


def _before(text: str) -> str:
    if not JOB_ID.fullmatch(text):
        raise InvalidParameter(Message("query.before", value=excerpt(text)), field="before")
    return text


Limit = Annotated[int, Field(ge=1, le=MOST), BeforeValidator(_limit), Query(description="Jobs on a page.")]
Before = Annotated[
    JobId | None, BeforeValidator(_before), Query(description="Only jobs older than this one.")
]
STATUSES: tuple[JobStatus, ...] = get_args(JobStatus)
TASKS: tuple[Task, ...] = get_args(Task)
TEXT = WithJsonSchema({"type": "string"})
Status = Annotated[
    JobStatus | None, one_of("status", STATUSES), Query(description="Only jobs that stand so.")
]
Model = Annotated[str | None, one_of("model", tuple(MODELS)), Query(description="Only jobs of this model.")]
OfTask = Annotated[Task | None, one_of("task", TASKS), Query(description="Only jobs of this task.")]
Since = Annotated[
    float | None,
    BeforeValidator(lambda text: period_start(text, "from")),
    TEXT,
    Query(alias="from", description="Only jobs asked for at this date or date-time (UTC) or later."),
]
Until = Annotated[
    float | None,
    BeforeValidator(lambda text: period_end(text, "to")),
    TEXT,
    Query(alias="to", description="Only jobs asked for up to a date, which is within, or a date-time."),
]

router = APIRouter(route_class=GuardedRoute, tags=["Jobs"])
page_router = APIRouter(route_class=GuardedRoute)


@router.get(
    "/jobs",
    operation_id="listJobs",
    summary="Jobs, newest first; their pictures always as url",
    response_model=Answer[JobPage],
    response_description="A page.",
    responses=refused(*access(), *wrong_query()),
)
async def list_jobs(
    request: Request,
    limit: Limit = USUAL,
    before: Before = None,
    status: Status = None,
    model: Model = None,
    task: OfTask = None,
    since: Since = None,
    until: Until = None,
) -> Response:
    """Their pictures are always addresses: a page of them inline would be huge."""
    studio = studio_of(request)
    filters = JobFilter(status, model, task, since, until)
    jobs = await studio.jobs(limit=limit + 1, before=before, filters=filters)
    page = jobs[:limit]
    views = [job_document(job, origin_of(request)) for job in page]
    return success({"jobs": views, "next_before": page[-1].id if len(jobs) > limit else None})


@router.get(
    "/jobs/{job_id}",
    operation_id="readJob",
    summary="A job as it stands",
    response_model=Answer[Job],
    response_description="The job, its error inside.",
    responses=refused(*access(), *missing()),
)
async def read_job(request: Request, job_id: JobPath) -> Response:
    """An error that it ended in is inside: the answer is 200 all the same."""
    studio = studio_of(request)
    return await job_answer(await job_view(studio, await studio.job(job_id), origin_of(request)))


@router.delete(
    "/jobs/{job_id}",
    operation_id="cancelJob",
    summary="Cancel a job; its warnings say what that means for money",
    response_model=Answer[Job],
    response_description="The job, its error inside.",
    responses=CHANGE,
)
async def cancel_job(request: Request, job_id: JobPath) -> Response:
    """An ended job stays as it is."""
    studio = studio_of(request)
    return await job_answer(await job_view(studio, await studio.cancel(job_id), origin_of(request)))


@router.post(
    "/jobs/{job_id}/look-again",
    operation_id="lookAgain",
    summary="Ask the provider once more what became of a job, free of charge",
    response_model=Answer[Job],
    response_description=ENDED,
    responses=GOES_ON | refused(*access(), *foreign(), *missing(), NO_TICKET, *endings()),
    openapi_extra={"parameters": [PREFER]},
)
async def look_again(request: Request, job_id: JobPath) -> Response:
    """For jobs that offer `look_again`: the same job runs again, on the ticket that was kept. Answers as
    generate does."""
    studio = studio_of(request)
    return await answer_job(request, await studio.look_again(job_id))


@router.post(
    "/jobs/{job_id}/run-again",
    operation_id="runAgain",
    summary="The same request as a new job",
    response_model=Answer[Job],
    response_description=ENDED,
    responses=GOES_ON | refused(*access(), *foreign(), *missing(), *refusals(), *endings()),
    openapi_extra={"parameters": [PREFER, IDEMPOTENCY_KEY]},
)
async def run_again(request: Request, job_id: JobPath) -> Response:
    """For ended jobs. The new job is paid for like any other, and names the old one as `replaces`. Answers as
    generate does."""
    studio = studio_of(request)
    key = idempotency_key(request.headers)
    job = await studio.run_again(job_id, idempotency_key=key, origin=origin_of(request))
    return await answer_job(request, job)


@page_router.post("/jobs/{job_id}/run-again")
async def run_again_from_page(request: Request, job_id: JobPath) -> Response:
    """The same for the page, which is told only the new job's id. It counts as one of the requests that this
    visitor may make in a minute."""
    count_run(request)
    key = idempotency_key(request.headers)
    job = await studio_of(request).run_again(job_id, idempotency_key=key, origin=origin_of(request))
    return private({"job_id": job.id})


@router.post(
    "/jobs/{job_id}/webhook",
    operation_id="replayWebhook",
    summary="Send an ended job's webhook once more, as a new message",
    status_code=202,
    response_model=Answer[Replay],
    response_description="It is on its way; the job's `webhook` tells how it goes.",
    responses=refused(*access(), *foreign(), *missing(), NO_WEBHOOK),
)
async def replay_webhook(request: Request, job_id: JobPath) -> Response:
    """It is due now, whatever became of the earlier ones."""
    studio = studio_of(request)
    webhook_id = await studio.resend_webhook(job_id)
    return success({"webhook_id": webhook_id}, 202)
