"""Calls of the studio's REST, timed where the caller stands."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.benchmarks.processes import Studio

MODELS = {"bfl": "flux-2-pro", "fal": "qwen-image", "google": "imagen-4"}
TIMEOUT = aiohttp.ClientTimeout(total=120)


@dataclass
class Wave:
    """Seconds for all runs together and for each, and what went wrong."""

    elapsed: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def call(session: aiohttp.ClientSession, url: str, body: dict[str, Any], wave: Wave) -> None:
    began = time.monotonic()
    async with session.post(f"{url}/api/v1/image/generate", json=body) as response:
        content = await response.read()
        if response.status != 200 or b'"status":"succeeded"' not in content[:400]:
            wave.errors.append(f"{response.status} {content[:200]!r}")
    wave.times.append(time.monotonic() - began)


async def run(studio: Studio, bodies: list[dict[str, Any]], *, at_once: bool) -> Wave:
    """Call for each body, all together or one after the other."""
    wave = Wave()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT, trust_env=False) as session:
        began = time.monotonic()
        if at_once:
            await asyncio.gather(*(call(session, studio.url, body, wave) for body in bodies))
        else:
            for body in bodies:
                await call(session, studio.url, body, wave)
        wave.elapsed = time.monotonic() - began
    return wave


def ask(provider: str, prompt: str, count: int) -> list[dict[str, Any]]:
    """Bodies for the provider's benchmark model."""
    return [{"prompt": prompt, "model": MODELS[provider]} for _ in range(count)]
