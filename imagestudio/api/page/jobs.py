"""A job's request once more, from the page."""

from fastapi import Request
from starlette.responses import Response

from imagestudio.access.rate_limit import RateLimiter
from imagestudio.api.headers import idempotency_key
from imagestudio.api.origin import origin_of
from imagestudio.api.page.guard import PRIVATE, page_router, visiting
from imagestudio.api.responses import success

router = page_router()


@router.post("/jobs/{job_id}/run-again")
async def run_again(request: Request, job_id: str) -> Response:
    """Start it as a new job, which is paid for; its id. The same Idempotency-Key never pays twice. It counts
    as one of the requests that this visitor may make in a minute."""
    studio = visiting(request)
    rates: RateLimiter = request.app.state.rates
    allowance = rates.take(studio.visitor, request.client.host if request.client else None)
    if allowance is not None and allowance.refused:
        raise allowance.refusal()
    key = idempotency_key(request.headers)
    job = await studio.run_again(job_id, idempotency_key=key, origin=origin_of(request))
    return success({"job_id": job.id}, headers=PRIVATE)
