"""Strangers who mean harm beside ten visitors: `python -m tests.benchmarks.strangers [SECONDS [TRICK ...]]`.

Strangers of three networks do for five minutes what a review of the studio found to hold everybody up (see
`harm`), from a process of its own that goes last where processors are short: they would have machines of
theirs. Before that, for a fifth of the time, the visitors are alone. Ends with status 1 where an ordinary
visitor was refused or kept waiting, or where memory, log or event loop passed a bound.
"""

import asyncio
import io
import json
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from PIL import Image

from tests.benchmarks.figures import end
from tests.benchmarks.loop_watch import Hold
from tests.benchmarks.processes import ROOT, Studio, providers, studio
from tests.benchmarks.visitors import PUBLIC, keys_of

SECONDS = 300.0
VISITORS = 10
TAKES_S = 1.0
"""A run's time at the provider."""
WAIT_S, MEMORY, LOG, HELD_S = 2.0, 600e6, 5e6, 0.1
"""What an ordinary request takes at most beyond the provider's time; bytes of memory and of the log; how long
the event loop is held."""

ALONE = 1 / 5


@dataclass
class Tally:
    """What happened."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    """Of ordinary visitors, seconds beyond the provider's time, by what was done."""
    refused: Counter[str] = field(default_factory=Counter)
    """Of ordinary visitors."""
    tricks: Counter[str] = field(default_factory=Counter)
    """What strangers were answered."""
    memory: list[tuple[int, int]] = field(default_factory=list)
    """Of the studio's process, and of its decoding ones."""
    holds: list[Hold] = field(default_factory=list)
    log: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    """Shares of a core."""
    load: list[float] = field(default_factory=list)
    """Of the machine, as it tells the last minute's."""


def _picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "PNG")
    return buffer.getvalue()


async def ordinary(url: str, number: int, until: float, tally: Tally) -> None:
    """A page, a run, its picture, an edit of it, the library; and a pause."""
    chance = random.Random(number)
    headers = {"X-Forwarded-For": f"198.51.{number}.7"}
    async with aiohttp.ClientSession(
        url, headers=headers, timeout=aiohttp.ClientTimeout(total=120)
    ) as session:

        async def timed(what: str, method: str, path: str, beyond: float = 0.0, **how: object) -> bytes:
            began = time.monotonic()
            async with session.request(method, path, **how) as response:  # type: ignore[arg-type]
                content = await response.read()
            tally.waits.setdefault(what, []).append(time.monotonic() - began - beyond)
            if response.status != 200:
                tally.refused[f"{what}: {response.status} {content[:200]!r}"] += 1
            return content

        while time.monotonic() < until:
            await timed("page", "GET", "/")
            own = keys_of(1000 + number)
            body = {
                "prompt": f"a hill, takes {TAKES_S} s",
                "model": chance.choice(("flux-2-pro", "qwen-image")),
            }
            made = await timed("run", "POST", "/api/v1/image/generate", TAKES_S, json=body, headers=own)
            images = json.loads(made).get("data", {}).get("images") or [{}]
            if url_of := images[0].get("url"):
                await timed("picture", "GET", url_of, headers=own)
            form = aiohttp.FormData({"prompt": f"winter, takes {TAKES_S} s"})
            form.add_field("image", _picture(), filename="x.png", content_type="image/png")
            await timed("edit", "POST", "/api/v1/image/edit", TAKES_S, data=form, headers=own)
            await timed("library", "GET", "/visitor/library")
            await asyncio.sleep(chance.uniform(2, 6))


async def watch(one: Studio, log: Path, until: float, tally: Tally) -> None:
    """What it holds, and how long its event loop was held."""
    await one.hold()
    began, studio_s, decoders_s, own_s = (
        time.monotonic(),
        one.cpu(),
        one.cpu_of_children(),
        time.process_time(),
    )
    while time.monotonic() < until:
        await asyncio.sleep(1)
        tally.memory.append(await asyncio.to_thread(one.memory_of_all))
        tally.holds.append(await one.hold())
        tally.load.append(os.getloadavg()[0])
    took = time.monotonic() - began
    tally.cpu["studio"] = (one.cpu() - studio_s) / took
    tally.cpu["decoding"] = (one.cpu_of_children() - decoders_s) / took
    tally.cpu["ordinary visitors"] = (time.process_time() - own_s) / took
    tally.log = log.stat().st_size


async def harm(url: str, seconds: float, tricks: Sequence[str], tally: Tally) -> None:
    """The strangers, in their own process."""
    arguments = ("-m", "tests.benchmarks.harm", url, str(seconds), *tricks)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output, _ = await process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tally.cpu["strangers"] = used / seconds
    tally.tricks.update(json.loads(output))


async def measured(seconds: float, tricks: Sequence[str]) -> tuple[Tally, Tally]:
    """The visitors alone, and with everybody."""
    alone, beside = Tally(), Tally()
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with providers() as fast, studio(fast, with_page=True, log=log, **PUBLIC) as one:
            for tally, lasts in ((alone, seconds * ALONE), (beside, seconds)):
                until = time.monotonic() + lasts
                people = [ordinary(one.url, number, until, tally) for number in range(VISITORS)]
                strangers = [harm(one.url, lasts, tricks, tally)] if tally is beside else []
                await asyncio.gather(watch(one, log, until, tally), *people, *strangers)
    return alone, beside


def told(tally: Tally) -> None:
    """Write what was measured."""
    for what, waits in tally.waits.items():
        ordered = sorted(waits)
        sys.stdout.write(
            f"{what}: {len(waits)} times, median {ordered[len(ordered) // 2]:.2f} s, "
            f"95 % {ordered[len(ordered) * 95 // 100]:.2f} s, most {ordered[-1]:.2f} s\n"
        )
    if tally.tricks:
        sys.stdout.write(f"strangers: {dict(sorted(tally.tricks.items()))}\n")
    own, decoding = max(tally.memory, key=sum)
    worst = max(tally.holds, key=lambda hold: hold.processor_s)
    lines = (
        f"memory {(own + decoding) / 1e6:.0f} MB ({decoding / 1e6:.0f} of it decoding), "
        f"log {tally.log / 1e6:.1f} MB",
        f"event loop held {held_s(tally) * 1000:.0f} ms by the clock, "
        f"{worst.processor_s * 1000:.0f} ms by its processor ({worst.stack})",
        f"garbage collected for {max(hold.collection_s for hold in tally.holds) * 1000:.0f} ms",
        f"shares of a core: { {who: round(share, 2) for who, share in tally.cpu.items()} }, "
        f"load of the machine {min(tally.load):.1f} to {max(tally.load):.1f}",
    )
    sys.stdout.writelines(f"{line}\n" for line in (*lines, ""))


def held_s(tally: Tally) -> float:
    return max(hold.clock_s for hold in tally.holds)


def verdict(alone: Tally, tally: Tally) -> list[str]:
    """What was not as promised."""
    sys.stdout.write("the visitors alone\n")
    told(alone)
    sys.stdout.write("beside strangers\n")
    told(tally)
    wrong = [f"{count} times {what}" for what, count in tally.refused.most_common(20)]
    wrong += [f"{what} took {max(waits):.1f} s" for what, waits in tally.waits.items() if max(waits) > WAIT_S]
    if max(map(sum, tally.memory)) > MEMORY:
        wrong.append("memory")
    if tally.log > LOG:
        wrong.append("log")
    if held_s(tally) > HELD_S:
        wrong.append("event loop")
    return wrong


if __name__ == "__main__":
    seconds, *tricks = sys.argv[1:] or (str(SECONDS),)
    end(verdict(*asyncio.run(measured(float(seconds), tricks))))
