"""A disk that takes no picture: said clearly, and made good by itself once there is room."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.conftest import Posters, Providers, Studio
from tests.chaos.endings import check
from tests.chaos.prompts import request

pytestmark = pytest.mark.slow

JOBS = range(6)


def not_stored(job: dict[str, Any]) -> bool:
    return job["status"] == "failed" and "No space left on device" in job["error"]["message"]


def succeeded(job: dict[str, Any]) -> bool:
    return bool(job["status"] == "succeeded")


def test_what_was_paid_for_is_fetched_again_once_there_is_room(
    providers_at: Callable[..., Providers],
    studio_of: Callable[[Providers], Studio],
    posters_of: Callable[[Studio], Posters],
) -> None:
    studio = studio_of(providers_at(speed=0.1))
    studio.full.touch()
    studio.start()
    posters = posters_of(studio)
    posters.post(JOBS)
    ids = posters.ids()
    # Google's pictures came in its answers and are nowhere else: those are held until there is room.
    google = {job_id for job_id, number in ids.items() if request(number)["model"].startswith("imagen")}
    for job_id in set(ids) - google:
        assert studio.once(job_id, not_stored)["error"]["details"]["charged"] == "yes"
    assert {studio.job(job_id)["status"] for job_id in google} == {"running"}
    studio.full.unlink()
    for job_id in ids:
        studio.once(job_id, succeeded)
    check(studio, ids)


def test_what_could_not_be_kept_outlives_a_kill(
    providers_at: Callable[..., Providers],
    studio_of: Callable[[Providers], Studio],
    posters_of: Callable[[Studio], Posters],
) -> None:
    studio = studio_of(providers_at(speed=0.1))
    studio.full.touch()
    studio.start()
    posters = posters_of(studio)
    posters.post(range(2))
    ids = posters.ids()
    for job_id in ids:
        studio.once(job_id, not_stored)
    studio.kill()
    studio.full.unlink()
    studio.clock_seed = 5
    studio.start()
    for job_id in ids:
        studio.once(job_id, succeeded)
    check(studio, ids)
