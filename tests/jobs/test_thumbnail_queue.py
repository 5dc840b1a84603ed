"""Thumbnails made ahead: whose come first."""

import asyncio
from typing import Any, cast

from imagestudio.jobs.thumbnail_queue import MOST, ThumbnailQueue


class Shelf:
    """A store whose jobs have no pictures left, beside nothing that runs: it notes who is asked for."""

    idle = True

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def get(self, job_id: str) -> None:
        self.asked.append(job_id)


async def order(*jobs: tuple[str, str], last: str) -> list[str]:
    shelf = Shelf()
    queue = ThumbnailQueue(*cast(Any, (shelf, shelf, shelf)), quiet_s=0)
    for job_id, party in jobs:
        queue.put(job_id, party)
    while last not in shelf.asked:
        await asyncio.sleep(0)
    await queue.aclose()
    return shelf.asked


async def test_parties_take_turns() -> None:
    jobs = [(f"a{number}", "a") for number in range(4)]
    assert await order(*jobs, ("b0", "b"), ("b1", "b"), ("c0", "c"), last="a3") == [
        "a0", "b0", "c0", "a1", "b1", "a2", "a3",
    ]  # fmt: skip


async def test_whoever_has_the_most_is_forgotten_first() -> None:
    flood = [(f"a{number}", "a") for number in range(2 * MOST)]
    asked = await order(("b0", "b"), *flood, last=f"a{2 * MOST - 1}")
    assert asked[0] == "b0"
    assert asked[1] == f"a{MOST + 1}"
    assert len(asked) == MOST
