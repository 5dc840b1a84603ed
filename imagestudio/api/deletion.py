"""What a visitor takes back: a job with its prompt and pictures, or everything of theirs."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from imagestudio.api.deps import studio_of
from imagestudio.api.openapi.errors import access, foreign, missing, refused
from imagestudio.api.openapi.parts import JobPath
from imagestudio.api.responses import GuardedRoute, success
from imagestudio.api.schemas import Answer, DeletedJob, Everything
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.job import Job
from imagestudio.core.messages import Message
from imagestudio.jobs.document import timestamp
from imagestudio.store.deletion import Deleted

NOW = "How it stands now."
NOT_ENDED = InvalidParameter(Message("job.not_ended"), field="job_id")
SOME_NOT_ENDED = InvalidParameter(Message("everything.not_ended", number=2), jobs=2)
Confirm = Annotated[
    str | None, Query(description="`true`: nothing is deleted without.", json_schema_extra={"enum": ["true"]})
]

router = APIRouter(route_class=GuardedRoute, tags=["Deletion"])
"""For the API and the page."""


@router.post(
    "/jobs/{job_id}/delete",
    operation_id="deleteJob",
    summary="Delete an ended job with its prompt and pictures; for a day it can be brought back",
    response_model=Answer[DeletedJob],
    response_description=NOW,
    responses=refused(*access(), *foreign(), *missing(), NOT_ENDED),
)
async def delete_job(request: Request, job_id: JobPath) -> Response:
    """After the day the prompt, the settings, the picture to edit, the pictures and what was sent and
    answered are gone for good. When it was, of which model and what it cost stays in usage and budgets. A job
    under way is refused: cancel it first."""
    return success(_state(await studio_of(request).delete_job(job_id)))


@router.post(
    "/jobs/{job_id}/restore",
    operation_id="restoreJob",
    summary="Bring a job back that was deleted less than a day ago",
    response_model=Answer[DeletedJob],
    response_description=NOW,
    responses=refused(*access(), *foreign(), *missing()),
)
async def restore_job(request: Request, job_id: JobPath) -> Response:
    """With the pictures that went with it."""
    return success(_state(await studio_of(request).restore_job(job_id)))


@router.delete(
    "/everything",
    operation_id="deleteEverything",
    summary="Delete everything of yours: jobs, prompts, pictures (favourites too), comparisons, links, keys",
    response_model=Answer[Everything],
    response_description="What was deleted.",
    responses=refused(*access(), *foreign(), SOME_NOT_ENDED),
)
async def delete_everything(request: Request, confirm: Confirm = None) -> Response:
    """For a day all but your own provider keys can be brought back; then it is gone as with a deleted job.
    Refused while a job of yours is under way."""
    if confirm != "true":
        raise InvalidParameter(Message("everything.confirm"), field="confirm", allowed=["true"])
    return success(_everything(await studio_of(request).delete_everything()))


@router.post(
    "/everything/restore",
    operation_id="restoreEverything",
    summary="Bring back everything of yours that was deleted less than a day ago",
    response_model=Answer[Everything],
    response_description="What was brought back.",
    responses=refused(*access(), *foreign()),
)
async def restore_everything(request: Request) -> Response:
    """Single jobs and pictures that were deleted on that day, too."""
    return success(_everything(await studio_of(request).restore_everything()))


def _state(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "deleted": job.gone is not None,
        "restorable_until": timestamp(job.restorable_until),
    }


def _everything(deleted: Deleted) -> dict[str, Any]:
    return {
        "jobs": deleted.jobs,
        "pictures": deleted.pictures,
        "restorable_until": timestamp(deleted.restorable_until),
    }
