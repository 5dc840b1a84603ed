"""How a call goes, told to a client that asked for it: in a line at each change, and every few seconds, so
that it knows that the studio is still at it."""

import asyncio
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar

import anyio
from mcp.shared.context import RequestContext

from imagestudio.core.job import Job
from imagestudio.studio.service import Studio
from imagestudio.ui.locale import EN
from imagestudio.ui.status_html import progress_text

STEP_S = 5.0
"""Seconds between two lines, at most."""
T = TypeVar("T")


class Teller:
    """Tells the client of one call. Without a token in the call, nobody is told and all else is the same."""

    def __init__(self, context: RequestContext[Any, Any, Any]) -> None:
        self._context = context
        self._token = context.meta.progressToken if context.meta else None
        self._step = 0

    async def while_waiting(self, call: Awaitable[T], line: str) -> T:
        """What a call brings that has no progress of its own."""
        if self._token is None:
            return await call
        task = asyncio.ensure_future(call)
        try:
            while not (await asyncio.wait({task}, timeout=STEP_S))[0]:
                await self._tell(line)
            return task.result()
        finally:
            task.cancel()

    async def follow(self, job: Job, studio: Studio, wait_s: float) -> Job:
        """The job once it has ended, or as it stands after `wait_s`."""
        if self._token is None:
            return await studio.outcome(job, wait_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                async for now, progress in studio.watch(job.id, every_s=STEP_S):
                    job = now
                    if not job.ended:
                        await self._tell(progress_text(job, progress, time.time(), EN))
        return job if job.ended else await studio.job(job.id)

    async def _tell(self, line: str) -> None:
        if self._token is None:
            return
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):  # nobody listens any more
            await self._context.session.send_progress_notification(
                progress_token=self._token,
                progress=self._step,
                message=line,
                related_request_id=str(self._context.request_id),
            )
        self._step += 1
