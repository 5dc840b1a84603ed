"""A provider that asked to wait is left in peace, by everybody, and jobs say why they wait."""

import asyncio

import pytest

from imagestudio.studio.service import Studio
from tests.jobs.conftest import SMALL, Emulator, waiting


@pytest.mark.slow
async def test_others_wait_for_the_one_that_was_refused_and_say_why(
    studio: Studio, emulator: Emulator
) -> None:
    refused = await studio.submit("generate", {"prompt": "a hill demo:rate-limit", **SMALL})
    await waiting(studio, refused)
    others = [await studio.submit("generate", {"prompt": "hill 0", **SMALL})]
    progress = await waiting(studio, others[0])
    assert "limiting requests" in progress.note
    others += [await studio.submit("generate", {"prompt": f"hill {n}", **SMALL}) for n in range(1, 10)]
    ended = await asyncio.gather(*(studio.wait(job.id, 60) for job in others))
    assert {job.status for job in ended} == {"succeeded"}
    error = (await studio.wait(refused.id, 60)).error
    assert error
    assert error["code"] == "RATE_LIMIT_EXCEEDED"
    assert len(emulator.submits) == 10 + 3
