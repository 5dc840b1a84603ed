"""A provider that asked to wait is left in peace, by everybody, and jobs say why they wait."""

import asyncio

import pytest

from imagestudio.jobs import Progress
from imagestudio.studio import Studio
from tests.studio.conftest import Emulator

SMALL = {"width": 256, "height": 256}


@pytest.mark.slow
async def test_others_wait_for_the_one_that_was_refused_and_say_why(
    studio: Studio, emulator: Emulator
) -> None:
    refused = await studio.submit("generate", {"prompt": "a hill demo:rate-limit", **SMALL})
    while not emulator.submits:
        await asyncio.sleep(0.01)
    others = [await studio.submit("generate", {"prompt": f"hill {n}", **SMALL}) for n in range(10)]
    seen: list[Progress] = []
    async for _, progress in studio.watch(others[0].id, every_s=0.02):
        if progress is not None and progress.stage == "waiting":
            seen.append(progress)
    assert seen
    assert "limiting requests" in seen[0].note
    ended = await asyncio.gather(*(studio.wait(job.id, 60) for job in others))
    assert {job.status for job in ended} == {"succeeded"}
    error = (await studio.wait(refused.id, 60)).error
    assert error
    assert error["code"] == "RATE_LIMIT_EXCEEDED"
    assert len(emulator.submits) == 10 + 3
