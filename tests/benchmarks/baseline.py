"""What the studio is measured against: httpx with its own pool, tuned by hand, keeping nothing.

`python -m tests.benchmarks.baseline PROVIDER_URL` takes a wave of runs as a line of JSON, and answers with
how long it and each of its runs took.
"""

import asyncio
import base64
import json
import sys
import time
from collections.abc import Awaitable, Callable

import httpx

FIRST_S, SHARE = 0.1, 0.05
"""Looked at again after a tenth of a second, later after a twentieth of the time waited."""


class Baseline:
    """Submit, look until it is done, bring the picture into memory."""

    def __init__(self, url: str) -> None:
        self.url = url
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self.client = httpx.AsyncClient(limits=limits, timeout=60, trust_env=False)

    async def bfl(self, prompt: str) -> bytes:
        answer = await self.client.post(f"{self.url}/bfl/v1/flux-2-pro", json={"prompt": prompt})
        poll_url = answer.json()["polling_url"]
        polled = await self._until(lambda: self.client.get(poll_url), "Ready")
        return (await self.client.get(polled.json()["result"]["sample"])).content

    async def fal(self, prompt: str) -> bytes:
        ticket = (await self.client.post(f"{self.url}/fal/fal-ai/qwen-image", json={"prompt": prompt})).json()
        await self._until(lambda: self.client.get(ticket["status_url"]), "COMPLETED")
        result = (await self.client.get(ticket["response_url"])).json()
        return (await self.client.get(result["images"][0]["url"])).content

    async def google(self, prompt: str) -> bytes:
        body = {"contents": [{"parts": [{"text": prompt}]}]}
        answer = await self.client.post(f"{self.url}/google/models/m:generateContent", json=body)
        part = answer.json()["candidates"][0]["content"]["parts"][0]
        return base64.b64decode(part["inlineData"]["data"])

    async def _until(self, look: Callable[[], Awaitable[httpx.Response]], status: str) -> httpx.Response:
        began = time.monotonic()
        while (answer := await look()).json()["status"] != status:
            await asyncio.sleep(max(FIRST_S, SHARE * (time.monotonic() - began)))
        return answer

    async def wave(self, provider: str, count: int, prompt: str, at_once: bool) -> dict[str, object]:
        run: Callable[[str], Awaitable[bytes]] = getattr(self, provider)

        async def timed() -> float:
            began = time.monotonic()
            await run(prompt)
            return time.monotonic() - began

        began = time.monotonic()
        times = await asyncio.gather(*(timed() for _ in range(count))) if at_once else []
        while len(times) < count:
            times.append(await timed())
        return {"elapsed": time.monotonic() - began, "times": times}


async def main(url: str) -> None:
    baseline = Baseline(url)
    while line := await asyncio.to_thread(sys.stdin.readline):
        answer = json.dumps(await baseline.wave(**json.loads(line)))
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
