"""A provider that asks to wait longer than anybody would: jobs end, say why, and cost nothing."""

from collections.abc import Iterator
from itertools import chain, repeat

import pytest
from starlette.types import Receive, Scope, Send

from imagestudio.core.job import Job
from imagestudio.core.settings import Settings
from imagestudio.studio.service import Studio
from tests.jobs.conftest import SMALL, serve, waiting
from tests.opened import open_studio


class Refusing:
    """A provider that takes nothing, and asks to wait for these seconds, the last of them for ever."""

    def __init__(self, *waits: int) -> None:
        self.submits = 0
        self._waits: Iterator[int] = chain(waits, repeat(waits[-1]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.submits += 1
        wait = str(next(self._waits)).encode()
        await send({"type": "http.response.start", "status": 429, "headers": [(b"retry-after", wait)]})
        await send({"type": "http.response.body", "body": b"{}"})


def at(url: str, settings: Settings, **changes: float) -> Settings:
    return settings.model_copy(update={"bfl_base_url": url, **changes})


async def submit(studio: Studio) -> Job:
    return await studio.submit("generate", {"prompt": "a hill", "model": "flux-2-pro", **SMALL})


async def test_who_waited_already_is_told_as_soon_as_the_wait_grows_long(settings: Settings) -> None:
    provider = Refusing(1, 600)
    async with serve(provider) as url, open_studio(at(url, settings)) as studio:
        first = await submit(studio)
        await waiting(studio, first)
        begun = [first, await submit(studio), await submit(studio)]
        ended = [await studio.wait(job.id, 30) for job in begun]
    assert [job.status for job in ended] == ["failed"] * 3
    errors = [job.error for job in ended if job.error]
    assert sorted(error["code"] for error in errors) == ["MODEL_UNAVAILABLE"] * 2 + ["RATE_LIMIT_EXCEEDED"]
    assert all(error["details"]["retryAfter"] > 500 for error in errors)
    assert {job.charged for job in ended} == {"no"}
    assert provider.submits == 2, "nobody asks once more before the time"


@pytest.mark.slow
async def test_a_wait_counts_in_a_jobs_time(settings: Settings) -> None:
    provider = Refusing(25)
    async with serve(provider) as url, open_studio(at(url, settings, job_timeout_s=3)) as studio:
        job = await studio.wait((await submit(studio)).id, 20)
    assert (job.status, job.charged) == ("failed", "no")
    assert job.error
    assert (job.error.code, job.error.details["reason"]) == ("MODEL_UNAVAILABLE", "busy")
    assert "nothing was sent" in str(job.error.text)
    assert provider.submits == 1
