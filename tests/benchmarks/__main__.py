"""The benchmarks: `python -m tests.benchmarks`, about four minutes. Writes the table in docs/performance.md.

Each ratio is to a baseline measured in turns with the studio, so that a busy machine slows both. Providers,
baseline, studio and caller are processes of their own on loopback.
"""

import asyncio
import sys
from collections.abc import Sequence

from tests.benchmarks import alone, crowds, holding, library, waiting
from tests.benchmarks.figures import Figure, table, write
from tests.benchmarks.processes import ROOT, baseline, providers, studio


async def measured() -> list[Figure]:
    """Everything, each part with a new studio."""
    figures: list[Figure] = []
    with providers() as fast, baseline(fast) as bare:
        with studio(fast) as one:
            _show(figures, await alone.measure(one, bare))
        with studio(fast) as one:
            _show(figures, await crowds.measure(one, bare))
        with studio(fast) as one:
            await fast.log()
            _show(figures, await waiting.measure(one, fast))
        with studio(fast) as one:
            _show(figures, await holding.measure(one))
        _show(figures, await library.measure(fast))
    return figures


def _show(figures: list[Figure], more: Sequence[Figure]) -> None:
    figures += more
    for figure in more:
        sys.stdout.write(f"{figure.line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    write(ROOT / "docs/performance.md", table(asyncio.run(measured())))
