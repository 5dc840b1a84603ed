"""How often a provider is asked how a task stands."""

import pytest

from imagestudio.studio.service import Studio
from tests.jobs.conftest import Emulator


def looks(emulator: Emulator) -> int:
    return sum(entry.method == "GET" and "get_result" in entry.path for entry in emulator.requests)


@pytest.mark.pace(1)
@pytest.mark.slow
async def test_black_forest_labs_is_asked_at_growing_intervals(studio: Studio, emulator: Emulator) -> None:
    job = await studio.wait((await studio.submit("generate", {"prompt": "a hill"})).id, 60)
    took = (job.finished_at or 0.0) - job.created_at
    assert job.status == "succeeded"
    # At once, and then never sooner than a tenth of a second after the last time.
    assert 1 < looks(emulator) <= 2 + took / 0.1
