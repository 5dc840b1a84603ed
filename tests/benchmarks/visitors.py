"""Two hundred visitors at once for five minutes: `python -m tests.benchmarks.visitors [SECONDS]`.

A third open the page and look around, a third call REST, a third call Gradio's API, each with a cookie, a
session or an address of their own, on a public studio whose pictures come from the fast emulator with the
visitors' own keys. Ends with status 1 where an error was no stated limit, where memory kept growing, or where
`GET /api/health` was slow.
"""

import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from tests.benchmarks.figures import end
from tests.benchmarks.processes import Studio, providers, studio

VISITORS = 200
SECONDS = 300.0
PAUSE_S = 10.0
HEALTH_EVERY_S = 0.1
HEALTH_P99_S = 0.25
GROWTH = 1.15
"""Memory at the end, at most, in terms of what it was after the first third."""
MODELS = ("flux-2-pro", "qwen-image", "imagen-4-fast", "recraft-v4", "sd-3.5")
PUBLIC = {
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "IMAGESTUDIO_PUBLIC_URL": "",
    "GEMINI_API_KEY": "",
    "BFL_API_KEY": "",
    "FAL_KEY": "",
}
"""A public studio without keys of its own."""
LIMITS = ("RATE_LIMIT_EXCEEDED", "BUDGET_EXCEEDED", "MODEL_UNAVAILABLE")
"""The codes of stated limits."""


def keys_of(number: int) -> dict[str, str]:
    """Keys of their own: they also say who a visitor without a cookie is."""
    return {
        "X-Gemini-Key": f"key-of-google-{number}",
        "X-BFL-Key": f"key-of-bfl-{number}",
        "X-Fal-Key": f"key-of:fal-{number}",
    }


@dataclass
class Tally:
    """What happened."""

    done: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    health_s: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    busy: float = 0.0
    """Share of a core that the studio's process took."""

    def refused(self, code: str, what: str) -> None:
        """Count a refusal: a limit that is stated, or an error."""
        if code in LIMITS:
            self.limits[code] += 1
        else:
            self.errors.append(f"{what}: {code}")


Visit = Callable[[aiohttp.ClientSession, random.Random, Tally], Awaitable[None]]


async def by_rest(session: aiohttp.ClientSession, chance: random.Random, tally: Tally) -> None:
    """A run, its picture, and the list."""
    body = {
        "prompt": f"hill {chance.random()}, takes 1 s",
        "model": chance.choice(MODELS),
        "response_format": "url",
    }
    async with session.post("/api/v1/image/generate", json=body) as response:
        answer = await response.json()
    if response.status != 200:
        tally.refused(answer["error"]["code"], f"REST {response.status}")
        return
    async with session.get(answer["data"]["images"][0]["url"]) as response:
        picture = await response.read()
    if response.status != 200 or not picture:
        tally.errors.append(f"its picture: {response.status}")
    async with session.get("/api/v1/image/jobs?limit=20") as response:
        response.raise_for_status()
        await response.read()
    tally.done["REST"] += 1


async def by_gradio(session: aiohttp.ClientSession, chance: random.Random, tally: Tally) -> None:
    """A run through Gradio's API, as curl makes it."""
    body = {"prompt": f"hill {chance.random()}, takes 1 s", "model": chance.choice(MODELS)}
    async with session.post("/gradio_api/call/v2/generate", json=body) as response:
        answer = await response.json()
    if response.status != 200:
        tally.refused(answer.get("error", {}).get("code", f"{response.status}"), "Gradio")
        return
    async with session.get(f"/gradio_api/call/generate/{answer['event_id']}") as response:
        text = await response.text()
    event, _, rest = text.rpartition("event: ")[2].partition("\n")
    if event == "complete":
        tally.done["Gradio"] += 1
    else:
        said = json.loads(rest.removeprefix("data: ").split("\n")[0]) or {}
        tally.refused(str(said.get("error")).partition(":")[0], f"Gradio {event}")


async def by_page(session: aiohttp.ClientSession, chance: random.Random, tally: Tally) -> None:
    """The page as a browser loads it, and what it asks for."""
    for path in ("/", "/config", "/visitor"):
        async with session.get(path) as response:
            await response.read()
        if response.status == 429:
            tally.limits["RATE_LIMIT_EXCEEDED"] += 1
        elif response.status != 200:
            tally.errors.append(f"{path}: {response.status}")
    tally.done["page"] += 1


async def visitor(url: str, number: int, until: float, tally: Tally, pause_s: float) -> None:
    """One visitor, from an address of their own, until the end; about `pause_s` between their visits."""
    chance = random.Random(number)
    visit: Visit = (by_rest, by_gradio, by_page)[number % 3]
    headers = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"}
    if visit is not by_page:
        headers |= keys_of(number)
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(url, headers=headers, timeout=timeout, trust_env=False) as session:
        await asyncio.sleep(chance.uniform(0, pause_s))
        while time.monotonic() < until:
            try:
                await visit(session, chance, tally)
            except (aiohttp.ClientError, TimeoutError) as error:
                tally.errors.append(f"{visit.__name__}: {error!r}")
            await asyncio.sleep(chance.uniform(0.5, 1.5) * pause_s)


async def watch(one: Studio, until: float, tally: Tally) -> None:
    """How soon the studio says that it is well, and what it holds."""
    async with aiohttp.ClientSession(one.url, trust_env=False) as session:
        while time.monotonic() < until:
            began = time.monotonic()
            async with session.get("/api/health") as response:
                await response.read()
            tally.health_s.append(time.monotonic() - began)
            if response.status != 200:
                tally.errors.append(f"health: {response.status}")
            tally.memory.append(one.memory())
            await asyncio.sleep(HEALTH_EVERY_S)


async def measured(seconds: float, visitors: int = VISITORS, pause_s: float = PAUSE_S) -> Tally:
    """Everybody at once."""
    tally = Tally()
    with providers() as fast, studio(fast, with_page=True, **PUBLIC) as one:
        until = time.monotonic() + seconds
        used = one.cpu()
        people = (visitor(one.url, number, until, tally, pause_s) for number in range(visitors))
        await asyncio.gather(watch(one, until, tally), *people)
        tally.busy = (one.cpu() - used) / seconds
    return tally


def verdict(tally: Tally) -> list[str]:
    """What was not as promised."""
    p99 = statistics.quantiles(tally.health_s, n=100)[98]
    third = len(tally.memory) // 3
    early, late = statistics.median(tally.memory[third : third + 50]), statistics.median(tally.memory[-50:])
    sys.stdout.write(
        f"{dict(tally.done)} visits, limits {dict(tally.limits)}, {len(tally.errors)} errors; health p99 "
        f"{p99 * 1000:.0f} ms; memory {early / 1e6:.0f} MB after a third, {late / 1e6:.0f} MB at the end; "
        f"{tally.busy:.0%} of a core\n"
    )
    wrong = [f"{count} times {what}" for what, count in Counter(tally.errors).most_common(20)]
    if p99 > HEALTH_P99_S:
        wrong.append(f"health took {p99:.3f} s")
    if late > early * GROWTH:
        wrong.append("memory kept growing")
    return wrong


if __name__ == "__main__":
    end(verdict(asyncio.run(measured(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))))
