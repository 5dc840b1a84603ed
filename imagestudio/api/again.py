"""A job that brought no picture: look at its tickets again, or run it again."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from imagestudio.api.deps import require_access, studio_of
from imagestudio.api.errors import GuardedRoute
from imagestudio.api.headers import idempotency_key
from imagestudio.api.job_response import answered
from imagestudio.api.origin import origin_of
from imagestudio.api.views import API

router = APIRouter(prefix=f"{API}/jobs", route_class=GuardedRoute, dependencies=[Depends(require_access)])


@router.post("/{job_id}/look-again")
async def look_again(request: Request, job_id: str) -> Response:
    """Ask the provider once more, free of charge. The same job runs again."""
    studio = studio_of(request)
    return await answered(request, await studio.look_again(job_id))


@router.post("/{job_id}/run-again")
async def run_again(request: Request, job_id: str) -> Response:
    """The same request as a new job, which is paid for."""
    studio = studio_of(request)
    key = idempotency_key(request.headers)
    job = await studio.run_again(job_id, idempotency_key=key, origin=origin_of(request))
    return await answered(request, job)
