"""How long the event loop is held by the largest answers, and by thumbnails of them."""

import aiohttp

from tests.benchmarks.callers import ask, run
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import Studio

ROUNDS = 5
PROMPT = "takes 0 s, large"
JOBS = "/api/v1/image/jobs?limit=1"


async def measure(studio: Studio) -> list[Figure]:
    """The longest of several rounds, each with an answer in base64, one by address, and two thumbnails."""
    for name in ("google", "bfl"):
        await run(studio, ask(name, PROMPT, 2), at_once=False)
    await studio.held()
    longest = 0.0
    async with aiohttp.ClientSession(studio.url) as session:
        for _ in range(ROUNDS):
            for name in ("google", "bfl"):
                await run(studio, ask(name, PROMPT, 1), at_once=False)
                await _thumbnail(session)
            longest = max(longest, await studio.held())
    what = "6 MB pictures, inline and by address, and their thumbnails: the event loop is held for"
    return [Figure(what, longest * 1000, 15, " ms")]


async def _thumbnail(session: aiohttp.ClientSession) -> None:
    async with session.get(JOBS) as response:
        (job,) = (await response.json())["data"]["jobs"]
    async with session.get(f"{job['images'][0]['url']}/thumbnail") as response:
        response.raise_for_status()
        await response.read()
