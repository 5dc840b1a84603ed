"""A visitor's own earlier prompts, from their jobs."""

from fastapi import Request
from starlette.responses import Response

from imagestudio.api.page.guard import PRIVATE, page_router, visiting
from imagestudio.api.responses import success
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

JOBS = 200
"""That many of the latest jobs are looked through."""
PROMPTS = 50

router = page_router("/visitor/prompts")


@router.get("")
async def read_prompts(request: Request) -> Response:
    """The latest prompts of the query's `task`, newest first, each once; at most fifty."""
    task = request.query_params.get("task")
    if task not in ("generate", "edit"):
        raise InvalidParameter(Message("page.task"), field="task", allowed=["generate", "edit"])
    jobs = await visiting(request).jobs(JOBS)
    prompts = list(dict.fromkeys(job.prompt for job in jobs if job.task == task))
    return success({"prompts": prompts[:PROMPTS]}, headers=PRIVATE)
