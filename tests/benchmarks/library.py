"""A library of a hundred thousand pictures: how long its pages and searches take a browser on loopback.

`python -m tests.benchmarks.library` measures this part alone.
"""

import asyncio
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from imagestudio.store.migrate import migrate
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import Providers, providers, studio
from tests.library import seed

PICTURES, ROUNDS, BOUND_MS = 100_000, 15, 100
ASKED = {
    "first page": {},
    "page in the middle": {"before": "c350"},
    "search as it is typed": {"q": "lam"},
    "search for three words": {"q": "fox pict har"},
    "search for signs without spaces": {"q": "東京タワー"},
    "search for one sign": {"q": "夜"},
    "search that finds nothing": {"q": "zebra"},
    "search with a filter": {"q": "fox", "model": "imagen-4", "task": "edit"},
}


async def measure(fast: Providers) -> list[Figure]:
    """The medians, from the request to the last byte of 100 pictures' facts and how many there are."""
    with TemporaryDirectory() as folder:
        await asyncio.to_thread(_fill, Path(folder))
        with studio(fast, IMAGESTUDIO_DATA_DIR=folder) as one:
            async with httpx.AsyncClient(base_url=one.url) as client:
                return [await _figure(client, what, query) for what, query in ASKED.items()]


async def _figure(client: httpx.AsyncClient, what: str, query: dict[str, str]) -> Figure:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = await client.get("/visitor/library", params={"limit": 100, **query})
        times.append(time.perf_counter() - began)
        answer.raise_for_status()
    return Figure(f"library of {PICTURES:,} pictures: {what}", median(times) * 1000, BOUND_MS, " ms")


def _fill(data: Path) -> None:
    database = f"sqlite:///{data / 'studio.db'}"
    migrate(database)
    seed(data / "studio.db", PICTURES, "local")


async def _alone() -> None:
    with providers() as fast:
        for figure in await measure(fast):
            sys.stdout.write(f"{figure.line}\n")


if __name__ == "__main__":
    asyncio.run(_alone())
