"""How a job is answered to whoever waits for it: when it ends, or as it stands."""

from fastapi import Request
from starlette.responses import Response

from imagestudio.api.deps import studio_of
from imagestudio.api.errors import problem_of
from imagestudio.api.headers import respond_async
from imagestudio.api.origin import origin_of
from imagestudio.api.responses import job_answer, success
from imagestudio.api.views import job_view
from imagestudio.core.job import Job
from imagestudio.core.settings import Settings


async def answered(request: Request, job: Job) -> Response:
    """200 with the ended job or the problem that it ended in; 202 once the time for waiting is over, or at
    once where the request prefers so."""
    studio = studio_of(request)
    settings: Settings = request.app.state.settings
    if respond_async(request.headers):
        return await _accepted(request, job, {"Preference-Applied": "respond-async"})
    # Hanging up ends this wait at most; the job belongs to the worker.
    job = await studio.outcome(job, settings.sync_timeout_s)
    return await _ended(request, job) if job.ended else await _accepted(request, job, {})


async def _accepted(request: Request, job: Job, headers: dict[str, str]) -> Response:
    view = await job_view(studio_of(request), job, origin_of(request))
    return success(view, 202, headers | {"Location": view["poll_url"]})


async def _ended(request: Request, job: Job) -> Response:
    """The job, or why it has no picture. That it was canceled meanwhile is no error."""
    if job.error is not None:
        return problem_of(job.error.with_details(job_id=job.id).as_dict())
    return await job_answer(await job_view(studio_of(request), job, origin_of(request)))
