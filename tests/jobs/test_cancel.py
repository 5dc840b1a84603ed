"""Canceling what was begun with other means than are here now: nobody is asked, and nobody is misled."""

import asyncio
from collections.abc import Callable

import pytest

from imagestudio.core.job import Job
from imagestudio.core.settings import Settings
from imagestudio.studio.service import Studio
from tests.jobs.conftest import Emulator
from tests.opened import open_studio

pytestmark = pytest.mark.slow

GONE = (
    "Black Forest Labs can't be asked to stop: the key that pays for this job is not here now. It may finish "
    "and be charged; its picture is kept if the key comes back in time."
)
DEMO_GONE = "The demo that ran this is off now. It stopped with it, and nothing is charged."


@pytest.fixture
def demo(settings: Settings) -> Settings:
    """The same studio without a key."""
    return settings.model_copy(update={"gemini_api_key": None, "bfl_api_key": None, "fal_key": None})


async def until(studio: Studio, job: Job, condition: Callable[[Job], bool]) -> Job:
    while not condition(job := await studio.job(job.id)):
        await asyncio.sleep(0.02)
    return job


async def begun(studio: Studio) -> Job:
    job = await studio.submit("generate", {"prompt": "a hill demo:slow", "model": "flux-2-pro"})
    return await until(studio, job, lambda job: job.calls[0].state == "accepted")


@pytest.mark.pace(0.5)  # it has to run while a studio stops and another starts
async def test_a_live_job_without_its_key_may_be_charged_and_comes_when_it_is_back(
    settings: Settings, demo: Settings, emulator: Emulator
) -> None:
    async with open_studio(settings) as studio:
        job = await begun(studio)
    asked = len(emulator.requests)
    async with open_studio(demo) as studio:
        job = await studio.cancel(job.id)
        assert (job.status, job.charged) == ("canceled", "unknown")
        assert str(job.warnings[-1]) == GONE
        assert len(emulator.requests) == asked
    async with open_studio(settings) as studio:
        job = await until(studio, job, lambda job: job.calls[0].state == "succeeded")
    assert (job.status, job.charged, len(job.files)) == ("canceled", "yes", 1)
    assert len(emulator.submits) == 1


async def test_a_demo_job_is_nobodys_business_in_a_live_studio(
    settings: Settings, demo: Settings, emulator: Emulator
) -> None:
    async with open_studio(demo) as studio:
        job = await begun(studio)
    async with open_studio(settings) as studio:
        job = await studio.cancel(job.id)
    assert (job.status, job.charged, str(job.warnings[-1])) == ("canceled", "no", DEMO_GONE)
    assert emulator.requests == []
