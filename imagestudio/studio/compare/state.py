"""Where a comparison stands: each model's run, and whether the names are still to be hidden."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Any

from imagestudio.core.job import Job, Progress, StoredFile
from imagestudio.store.comparisons import Comparison, ComparisonEntry
from imagestudio.studio.compare.service import FEWEST
from imagestudio.studio.service import Studio


@dataclass(frozen=True, slots=True)
class Run:
    """One model's part, and its job as it stands."""

    entry: ComparisonEntry
    job: Job | None = None
    """None where it was refused, or did not begin yet."""
    progress: Progress | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self.entry.error is not None if self.job is None else self.job.ended

    @property
    def picture(self) -> StoredFile | None:
        """What came of it, while it is there."""
        return next(iter(self.job.pictures), None) if self.job else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A comparison at a moment."""

    comparison: Comparison
    runs: tuple[Run, ...]

    @property
    def ended(self) -> bool:
        """Whether nothing more comes by itself."""
        return all(run.ended for run in self.runs)

    @property
    def unstarted(self) -> int:
        """Runs that were neither started nor refused: a restart came between."""
        return sum(run.job is None and run.entry.error is None for run in self.runs)

    @property
    def shown(self) -> tuple[int, ...]:
        """The places with a picture, once all have come to an end: there is no voting before."""
        return tuple(run.entry.place for run in self.runs if run.picture) if self.ended else ()

    @property
    def hidden(self) -> bool:
        """Whether it must not be told which model is which: blind, not voted on, and there can be a vote."""
        waits = not self.ended or len(self.shown) >= FEWEST
        return self.comparison.blind and self.comparison.verdict is None and waits


async def standing_of(studio: Studio, comparison: Comparison) -> Standing:
    """How it stands now."""
    runs = []
    for entry in comparison.entries:
        job = await studio.job(entry.job_id) if entry.job_id else None
        progress = studio.progress(job.id) if job and not job.ended else None
        runs.append(Run(entry, job, progress))
    return Standing(comparison, tuple(runs))


async def changed(
    studio: Studio, comparison: Comparison, wait_s: float, is_known: Callable[[Standing], bool]
) -> Standing:
    """How it stands now or, where that is known and something runs, after the next change or `wait_s`."""
    async with AsyncExitStack() as stack:
        watches = {
            entry.place: await stack.enter_async_context(aclosing(studio.watch(entry.job_id, every_s=wait_s)))
            for entry in comparison.entries
            if entry.job_id
        }
        # Each watch listens from its first word on: no change falls between it and the waiting.
        seen = {place: await anext(watch) for place, watch in watches.items()}
        now = Standing(
            comparison, tuple(Run(entry, *seen.get(entry.place, ())) for entry in comparison.entries)
        )
        running = [run.entry.place for run in now.runs if run.job and not run.ended]
        if not running or not is_known(now):
            return now
        await _first([asyncio.ensure_future(anext(watches[place], None)) for place in running], wait_s)
    return await standing_of(studio, comparison)


async def _first(tasks: list[asyncio.Future[Any]], wait_s: float) -> None:
    """Wait for one of them, and leave none behind."""
    try:
        await asyncio.wait(tasks, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
