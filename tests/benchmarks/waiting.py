"""How soon a finished picture is noticed, and how often that is asked for.

Both are told by the provider: when a task was done, and when somebody first learnt of it.
"""

import asyncio
import random
from statistics import fmean
from typing import Any

from tests.benchmarks.callers import run
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import Providers, Studio

SPREAD = 0.1
"""Deviation of the logarithm of a model's times."""
WARM_UP, COUNT = 10, 12
"""Runs of a model: together those of two models fit the places that Black Forest Labs gives."""
MODELS = {"flux-2-pro": (2.0, 4.0, 6), "flux-1.1-pro": (10.0, 1.5, 15)}
"""Usual seconds, and the bounds: per cent of lag, and looks."""


async def measure(studio: Studio, providers: Providers) -> list[Figure]:
    """For Black Forest Labs once its models' times are known, and for fal's stream."""
    chance = random.Random(3)
    await asyncio.gather(*(_tasks(studio, chance, model, WARM_UP) for model in MODELS))
    await providers.log()
    await asyncio.gather(*(_tasks(studio, chance, model, COUNT) for model in MODELS))
    tasks = await providers.log()
    figures = []
    for usual, lag, looks in MODELS.values():
        of_this = [task for task in tasks if usual / 2 < task["takes"] < usual * 2]
        late = fmean(_late(task) / task["takes"] for task in of_this)
        what = f"Black Forest Labs, {usual:g} s, its times learnt"
        figures.append(Figure(f"{what}: noticed late by, of the time it took", late * 100, lag, " %"))
        figures.append(Figure(f"{what}: looks", fmean(task["looks"] for task in of_this), looks, ""))
    return figures + await _fal(studio, providers)


async def _tasks(studio: Studio, chance: random.Random, model: str, count: int) -> None:
    usual = MODELS[model][0]
    times = [usual * chance.lognormvariate(0, SPREAD) for _ in range(count)]
    await run(studio, [{"prompt": f"takes {s:.3f} s", "model": model} for s in times], at_once=True)


async def _fal(studio: Studio, providers: Providers) -> list[Figure]:
    times = [1 + 0.05 * number for number in range(20)]  # one after the other, or they would queue up here
    bodies = [{"prompt": f"takes {s:.3f} s", "model": "qwen-image"} for s in times]
    await run(studio, bodies, at_once=True)
    tasks = await providers.log()
    late = fmean(map(_late, tasks)) * 1000
    return [
        Figure("fal.ai: noticed late by", late, 20, " ms"),
        Figure("fal.ai: status requests", max(task["looks"] for task in tasks), 1, ""),
    ]


def _late(task: dict[str, Any]) -> float:
    return float(task["noticed"] - task["ready"])
