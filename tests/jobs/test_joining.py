"""How long, and for whom, a request joins its job: beside tests/ui/mcp/test_lost_answers.py."""

import time
from dataclasses import dataclass
from typing import Any

import pytest

from imagestudio.core.job import Job
from imagestudio.core.settings import Settings
from imagestudio.core.visitor import Visitor
from imagestudio.studio.service import Studio, Submitted
from tests.jobs.conftest import SMALL, Emulator
from tests.opened import open_studio

pytestmark = pytest.mark.slow

HILL = {"prompt": "a hill", **SMALL}


@dataclass
class Late:
    """The clock, so many seconds late."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.seconds


async def ask(studio: Studio) -> Submitted:
    return await studio.submit_or_join("generate", HILL)


async def ended(studio: Studio) -> Job:
    return await studio.wait((await ask(studio)).job.id, 60)


async def test_ten_minutes_after_its_end_it_is_another(settings: Settings, emulator: Emulator) -> None:
    clock = Late()
    async with open_studio(settings, clock) as studio:
        first = await ended(studio)
        clock.seconds += 590
        assert (await ask(studio)).job.id == first.id
        clock.seconds += 20
        second = await ask(studio)
        assert (second.joined, second.job.id == first.id) == (False, False)
        assert (await ask(studio)).job.id == second.job.id
        assert (await studio.wait(second.job.id, 60)).status == "succeeded"
    assert len(emulator.submits) == 2


async def test_what_was_deleted_is_wanted_anew(studio: Studio) -> None:
    first = await ended(studio)
    await studio.delete_job(first.id)
    assert (await ended(studio)).id != first.id


async def test_nobody_joins_anothers_job(studio: Studio) -> None:
    first = await ask(studio)
    other = studio.seen_by(Visitor("key:ann", "key", trusted=True))
    second = await ask(other)
    assert (second.joined, second.job.id == first.job.id) == (False, False)


async def test_a_demo_is_no_answer_to_a_live_request(settings: Settings, emulator: Emulator) -> None:
    keys: dict[str, Any] = {"gemini_api_key": None, "bfl_api_key": None, "fal_key": None}
    async with open_studio(settings.model_copy(update=keys)) as studio:
        assert (await ended(studio)).demo
    async with open_studio(settings) as studio:
        assert not (await ended(studio)).demo
    assert len(emulator.submits) == 1
