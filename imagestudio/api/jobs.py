"""Jobs: one, a page of them, the end of one; and one that brought no picture, once more."""

import re

from fastapi import APIRouter, Request
from starlette.responses import Response

from imagestudio.api.deps import count_run, origin_of, studio_of
from imagestudio.api.generate import answer_job
from imagestudio.api.params import idempotency_key
from imagestudio.api.responses import GuardedRoute, job_answer, private, success
from imagestudio.api.views import job_view
from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.jobs.document import job_document

JOB_ID = re.compile(r"[0-9a-f]{32}")
LIMIT = re.compile(r"[0-9]{1,3}")
MOST, USUAL = 100, 20
"""Jobs on a page."""

router = APIRouter(route_class=GuardedRoute)
page_router = APIRouter(route_class=GuardedRoute)


@router.get("/jobs")
async def list_jobs(request: Request) -> Response:
    """Jobs, newest first. Their pictures are always addresses: a page of them inline would be huge."""
    studio = studio_of(request)
    limit, before = _limit(request), _before(request)
    jobs = await studio.jobs(limit=limit + 1, before=before)
    page = jobs[:limit]
    views = [job_document(job, origin_of(request)) for job in page]
    return success({"jobs": views, "next_before": page[-1].id if len(jobs) > limit else None})


@router.get("/jobs/{job_id}")
async def read_job(request: Request, job_id: str) -> Response:
    """A job as it stands, its error inside."""
    studio = studio_of(request)
    return await job_answer(await job_view(studio, await studio.job(job_id), origin_of(request)))


@router.delete("/jobs/{job_id}")
async def cancel_job(request: Request, job_id: str) -> Response:
    """Cancel a job, and answer it with what that means for money. An ended one stays as it is."""
    studio = studio_of(request)
    return await job_answer(await job_view(studio, await studio.cancel(job_id), origin_of(request)))


@router.post("/jobs/{job_id}/look-again")
async def look_again(request: Request, job_id: str) -> Response:
    """Ask the provider once more, free of charge. The same job runs again."""
    studio = studio_of(request)
    return await answer_job(request, await studio.look_again(job_id))


@router.post("/jobs/{job_id}/run-again")
async def run_again(request: Request, job_id: str) -> Response:
    """The same request as a new job, which is paid for."""
    studio = studio_of(request)
    key = idempotency_key(request.headers)
    job = await studio.run_again(job_id, idempotency_key=key, origin=origin_of(request))
    return await answer_job(request, job)


@page_router.post("/jobs/{job_id}/run-again")
async def run_again_from_page(request: Request, job_id: str) -> Response:
    """The same for the page, which is told only the new job's id. It counts as one of the requests that this
    visitor may make in a minute."""
    count_run(request)
    key = idempotency_key(request.headers)
    job = await studio_of(request).run_again(job_id, idempotency_key=key, origin=origin_of(request))
    return private({"job_id": job.id})


@router.post("/jobs/{job_id}/webhook")
async def replay_webhook(request: Request, job_id: str) -> Response:
    """Put a job's ending into the outbox as a new message, due now."""
    studio = studio_of(request)
    webhook_id = await studio.resend_webhook(job_id)
    return success({"webhook_id": webhook_id}, 202)


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(USUAL))
    if not LIMIT.fullmatch(text) or not 1 <= int(text) <= MOST:
        raise InvalidParameter(
            Message("query.limit", most=MOST, value=excerpt(text)),
            field="limit",
            allowed={"minimum": 1, "maximum": MOST},
        )
    return int(text)


def _before(request: Request) -> str | None:
    text = request.query_params.get("before")
    if text is not None and not JOB_ID.fullmatch(text):
        raise InvalidParameter(Message("query.before", value=excerpt(text)), field="before")
    return text
