"""Jobs: one, a page of them, and the end of one."""

import re

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from imagestudio.api.deps import require_access, studio_of
from imagestudio.api.errors import GuardedRoute
from imagestudio.api.origin import origin_of
from imagestudio.api.responses import job_answer, success
from imagestudio.api.views import API, job_view
from imagestudio.catalog.validation import shown
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

JOB_ID = re.compile(r"[0-9a-f]{32}")
LIMIT = re.compile(r"[0-9]{1,3}")
MOST, USUAL = 100, 20
"""Jobs on a page."""

router = APIRouter(prefix=f"{API}/jobs", route_class=GuardedRoute, dependencies=[Depends(require_access)])


@router.get("")
async def list_jobs(request: Request) -> Response:
    """Jobs, newest first. Their pictures are always addresses: a page of them inline would be huge."""
    studio = studio_of(request)
    limit, before = _limit(request), _before(request)
    found = await studio.jobs(limit=limit + 1, before=before)
    page = found[:limit]
    views = [await job_view(studio, job, origin_of(request), inline=False) for job in page]
    return success({"jobs": views, "next_before": page[-1].id if len(found) > limit else None})


@router.get("/{job_id}")
async def read_job(request: Request, job_id: str) -> Response:
    """A job as it stands, its error inside."""
    studio = studio_of(request)
    return await job_answer(await job_view(studio, await studio.job(job_id), origin_of(request)))


@router.delete("/{job_id}")
async def cancel_job(request: Request, job_id: str) -> Response:
    """Cancel a job, and answer it with what that means for money. An ended one stays as it is."""
    studio = studio_of(request)
    return await job_answer(await job_view(studio, await studio.cancel(job_id), origin_of(request)))


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(USUAL))
    if not LIMIT.fullmatch(text) or not 1 <= int(text) <= MOST:
        raise InvalidParameter(
            Message("query.limit", most=MOST, value=shown(text)),
            field="limit",
            allowed={"minimum": 1, "maximum": MOST},
        )
    return int(text)


def _before(request: Request) -> str | None:
    text = request.query_params.get("before")
    if text is not None and not JOB_ID.fullmatch(text):
        raise InvalidParameter(Message("query.before", value=shown(text)), field="before")
    return text
