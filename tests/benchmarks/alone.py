"""One call after the other, whose picture is ready at once: what the studio itself costs the caller."""

from statistics import median

from tests.benchmarks.callers import ask, run
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import Baseline, Studio

ROUNDS, CALLS, WARM_UP = 8, 10, 20
BOUNDS = {"bfl": 1.8, "fal": 1.8, "google": 1.4}
TITLES = {"bfl": "Black Forest Labs", "fal": "fal.ai", "google": "Google"}
PROMPT = "takes 0 s"


async def measure(studio: Studio, baseline: Baseline) -> list[Figure]:
    """The ratio of the medians, the two taking turns."""
    return [await _provider(studio, baseline, name) for name in BOUNDS]


async def _provider(studio: Studio, baseline: Baseline, name: str) -> Figure:
    ours: list[float] = []
    theirs: list[float] = []
    await run(studio, ask(name, PROMPT, WARM_UP), at_once=False)
    await baseline.wave(name, WARM_UP, PROMPT, at_once=False)
    for _ in range(ROUNDS):
        theirs += (await baseline.wave(name, CALLS, PROMPT, at_once=False))[1]
        ours += (await run(studio, ask(name, PROMPT, CALLS), at_once=False)).times
    what = (
        f"{TITLES[name]}: a call over REST, 1.5 MB, kept durably ({median(ours) * 1000:.1f} ms), "
        f"to bare httpx that keeps nothing ({median(theirs) * 1000:.1f} ms)"
    )
    return Figure(what, median(ours) / median(theirs), BOUNDS[name], "×")
