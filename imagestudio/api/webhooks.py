"""Sending a job's webhook once more."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from imagestudio.api.deps import require_access, studio_of
from imagestudio.api.errors import GuardedRoute
from imagestudio.api.responses import success
from imagestudio.api.views import API

router = APIRouter(prefix=f"{API}/jobs", route_class=GuardedRoute, dependencies=[Depends(require_access)])


@router.post("/{job_id}/webhook")
async def replay_webhook(request: Request, job_id: str) -> Response:
    """Put a job's ending into the outbox as a new message, due now."""
    studio = studio_of(request)
    webhook_id = await studio.resend_webhook(job_id)
    return success({"webhook_id": webhook_id}, 202)
