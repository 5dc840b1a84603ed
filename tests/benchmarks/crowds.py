"""Many at once, each picture a second in the making (fal.ai): throughput, and what it takes to have it."""

import asyncio
from dataclasses import dataclass, field
from statistics import median
from typing import Self

from tests.benchmarks.callers import Wave, ask, run
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import Baseline, Studio

PROMPT = "takes 1 s"
FEW, FEW_ROUNDS = 50, 5
MANY, MANY_ROUNDS = 300, 2
SAMPLE_S = 0.02
WARM_UP = 20
MB = 1_000_000


@dataclass
class Crowd:
    """Rounds of one size."""

    size: int
    waves: list[Wave] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def ratio(self) -> float:
        """How many times the baseline's throughput."""
        return median(self.baseline) / median(wave.elapsed for wave in self.waves)

    @property
    def p95(self) -> float:
        """In seconds; the median over the rounds."""
        return median(sorted(wave.times)[int(self.size * 0.95)] for wave in self.waves)

    @property
    def errors(self) -> int:
        return sum(len(wave.errors) for wave in self.waves)


class Peak:
    """The most bytes resident while its block runs."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self.most = 0

    async def _watch(self) -> None:
        while True:
            self.most = max(self.most, self._studio.memory())
            await asyncio.sleep(SAMPLE_S)

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watching.cancel()


async def measure(studio: Studio, baseline: Baseline) -> list[Figure]:
    """A few, then many."""
    await run(studio, ask("fal", "takes 0 s", WARM_UP), at_once=False)
    idle = studio.memory()
    few = await _crowd(studio, baseline, FEW, FEW_ROUNDS)
    async with Peak(studio) as peak:
        many = await _crowd(studio, baseline, MANY, MANY_ROUNDS)
    memory = (peak.most - idle) / MB / MANY
    images = FEW * FEW_ROUNDS + MANY * MANY_ROUNDS
    return [
        Figure(f"{FEW} at once: throughput, to httpx's", few.ratio, 0.95, "×", at_least=True),
        Figure(f"{FEW} at once: 95 % are answered within", few.p95, 1.35, " s"),
        Figure(f"{MANY} at once: throughput, to httpx's", many.ratio, 1.6, "×", at_least=True),
        Figure(f"{FEW} and {MANY} at once: errors", few.errors + many.errors, 0, ""),
        Figure(f"{MANY} at once: memory over idle, a job", memory, 1.5, " MB"),
        Figure("Processor time for 1,000 pictures", (few.cpu + many.cpu) / images * 1000, 8, " s"),
    ]


async def _crowd(studio: Studio, baseline: Baseline, size: int, rounds: int) -> Crowd:
    crowd = Crowd(size)
    for _ in range(rounds):
        crowd.baseline.append((await baseline.wave("fal", size, PROMPT, at_once=True))[0])
        before = studio.cpu()
        crowd.waves.append(await run(studio, ask("fal", PROMPT, size), at_once=True))
        crowd.cpu += studio.cpu() - before
    return crowd
