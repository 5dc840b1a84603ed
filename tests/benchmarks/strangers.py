"""Strangers who mean harm beside ten visitors who do not: `python -m tests.benchmarks.strangers [SECONDS]`.

Strangers of three networks do for five minutes what a review of the studio found to hold everybody up:
bodies of many values, names and megabytes through each door, malformed events, worst `Range` headers,
pictures that take a decoder's time, slow runs by the hundred, checks of keys, uploads, look-ups,
connections that say nothing. Ends with status 1 where an ordinary visitor was refused or kept waiting, or
where memory, log or event loop passed a bound.
"""

import asyncio
import io
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from PIL import Image

from tests.benchmarks.figures import end
from tests.benchmarks.processes import Studio, providers, studio
from tests.benchmarks.visitors import PUBLIC, keys_of
from tests.bombs.rasters import scanned_again

SECONDS = 300.0
VISITORS, NETWORKS, IDLE = 10, 3, 300
TAKES_S = 1.0
"""A run's time at the provider."""
WAIT_S, MEMORY, LOG, HELD_S = 2.0, 600e6, 5e6, 0.1
"""What an ordinary request takes at most beyond the provider's time; bytes of memory and of the log; how long
the event loop is held."""

Trick = Callable[[aiohttp.ClientSession, int], Awaitable[str]]


@dataclass
class Tally:
    """What happened."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    """Of ordinary visitors, seconds beyond the provider's time, by what was done."""
    refused: Counter[str] = field(default_factory=Counter)
    """Of ordinary visitors."""
    tricks: Counter[str] = field(default_factory=Counter)
    """What strangers were answered."""
    memory: list[int] = field(default_factory=list)
    held_s: list[float] = field(default_factory=list)
    log: int = 0


def _picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "PNG")
    return buffer.getvalue()


MANY_NAMES = json.dumps({f"{number:x}": 1 for number in range(20_000)}).encode()
MANY_VALUES = b'{"prompt":[' + b"{}," * 10_000_000 + b"{}]}"
LONG_EVENT = json.dumps({"fn_index": 0, "session_hash": "x", "data": ["x\n" * 500_000]}).encode()
SLOW_PICTURE = scanned_again(4400, 400)
LARGE_FILE = bytes(10 * 1024 * 1024)
DOORS = (
    "/api/v1/image/generate",
    "/gradio_api/call/generate",
    "/gradio_api/queue/join",
    "/gradio_api/cancel",
    "/gradio_api/mcp/",
)


async def _post(session: aiohttp.ClientSession, path: str, body: bytes) -> str:
    headers = {"content-type": "application/json"}
    async with session.post(path, data=body, headers=headers) as response:
        await response.read()
    return str(response.status)


async def many_names(session: aiohttp.ClientSession, turn: int) -> str:
    return await _post(session, DOORS[turn % len(DOORS)], MANY_NAMES)


async def many_values(session: aiohttp.ClientSession, turn: int) -> str:
    return await _post(session, DOORS[turn % len(DOORS)], MANY_VALUES)


async def long_event(session: aiohttp.ClientSession, turn: int) -> str:
    return await _post(session, "/gradio_api/queue/join", LONG_EVENT)


async def worst_range(session: aiohttp.ClientSession, turn: int) -> str:
    headers = {"Range": "bytes=," + " " * 7000 + "1x"}
    async with session.get("/api/v1/image/files/" + "0" * 32, headers=headers) as response:
        await response.read()
    return str(response.status)


async def slow_picture(session: aiohttp.ClientSession, turn: int) -> str:
    form = aiohttp.FormData()
    form.add_field("prompt", "winter")
    form.add_field("dry_run", "true")
    form.add_field("image", SLOW_PICTURE + bytes([turn % 256]), filename="x.jpg", content_type="image/jpeg")
    async with session.post("/api/v1/image/edit", data=form) as response:
        await response.read()
    return str(response.status)


async def slow_run(session: aiohttp.ClientSession, turn: int) -> str:
    body = {"prompt": f"takes 20 s, {turn}", "model": "flux-2-pro"}
    headers = {"Prefer": "respond-async"}
    async with session.post("/api/v1/image/generate", json=body, headers=headers) as response:
        await response.read()
    return str(response.status)


async def key_check(session: aiohttp.ClientSession, turn: int) -> str:
    path, body = (
        ("/visitor/access", {"key": "a-key-that-is-none"})
        if turn % 2
        else ("/visitor/keys", {"keys": {"bfl": f"a-stolen-key-{turn}"}})
    )
    async with session.put(path, json=body) as response:
        await response.read()
    return str(response.status)


async def upload(session: aiohttp.ClientSession, turn: int) -> str:
    form = aiohttp.FormData()
    form.add_field("files", LARGE_FILE, filename="x.png", content_type="image/png")
    async with session.post("/gradio_api/upload", data=form) as response:
        await response.read()
    return str(response.status)


async def look_up(session: aiohttp.ClientSession, turn: int) -> str:
    body = {"prompt": "winter", "image_url": f"http://{random.random()}.evil.invalid/x.png", "dry_run": True}
    async with session.post("/api/v1/image/edit", json=body) as response:
        await response.read()
    return str(response.status)


async def search(session: aiohttp.ClientSession, turn: int) -> str:
    async with session.get("/visitor/library", params={"q": '"a* ' * 1500}) as response:
        await response.read()
    return str(response.status)


TRICKS: tuple[Trick, ...] = (
    many_names, many_values, long_event, worst_range, slow_picture,
    slow_run, key_check, upload, look_up, search,
)  # fmt: skip


async def stranger(url: str, network: int, trick: Trick, until: float, tally: Tally) -> None:
    """One trick again and again, each time as somebody else of the network."""
    turn = 0
    while time.monotonic() < until:
        address = {"X-Forwarded-For": f"203.0.{network}.{random.randrange(1, 250)}", **keys_of(turn)}
        timeout = aiohttp.ClientTimeout(total=60)
        try:
            async with aiohttp.ClientSession(url, headers=address, timeout=timeout) as session:
                for _ in range(5):
                    turn += 1
                    answer = await trick(session, turn)
                    tally.tricks[f"{trick.__name__} {answer}"] += 1
                    if answer in ("429", "503"):
                        await asyncio.sleep(0.2)
        except (aiohttp.ClientError, TimeoutError) as error:
            tally.tricks[f"{trick.__name__} {type(error).__name__}"] += 1


async def idle(url: str, until: float) -> None:
    """Connections that say half a word, and are opened again when they are closed."""
    host, port = url.removeprefix("http://").split(":")

    async def one(number: int) -> None:
        while time.monotonic() < until:
            try:
                reader, writer = await asyncio.open_connection(host, int(port))
                writer.write(
                    (b"", b"GET / HTTP/1.1\r\nHost: ", b"POST / HTTP/1.1\r\nHost: x\r\nContent-")[number % 3]
                )
                await asyncio.wait_for(reader.read(), max(0.1, until - time.monotonic()))
                writer.close()
            except (OSError, TimeoutError):
                pass
            await asyncio.sleep(1)

    await asyncio.gather(*map(one, range(IDLE)))


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
    await one.held()
    while time.monotonic() < until:
        await asyncio.sleep(1)
        tally.memory.append(one.whole_memory())
        tally.held_s.append(await one.held())
    tally.log = log.stat().st_size


async def measured(seconds: float) -> Tally:
    """Everybody at once."""
    tally = Tally()
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with providers() as fast, studio(fast, with_page=True, log=log, **PUBLIC) as one:
            until = time.monotonic() + seconds
            harm = [
                stranger(one.url, number % NETWORKS, trick, until, tally)
                for trick in TRICKS
                for number in range(NETWORKS)
            ]
            people = [ordinary(one.url, number, until, tally) for number in range(VISITORS)]
            await asyncio.gather(watch(one, log, until, tally), idle(one.url, until), *people, *harm)
    return tally


def verdict(tally: Tally) -> list[str]:
    """What was not as promised."""
    for what, waits in tally.waits.items():
        ordered = sorted(waits)
        sys.stdout.write(
            f"{what}: {len(waits)} times, median {ordered[len(ordered) // 2]:.2f} s, "
            f"most {ordered[-1]:.2f} s\n"
        )
    sys.stdout.write(f"strangers: {dict(sorted(tally.tricks.items()))}\n")
    sys.stdout.write(
        f"memory {max(tally.memory) / 1e6:.0f} MB, log {tally.log / 1e6:.1f} MB, "
        f"event loop held {max(tally.held_s) * 1000:.0f} ms\n"
    )
    wrong = [f"{count} times {what}" for what, count in tally.refused.most_common(20)]
    wrong += [f"{what} took {max(waits):.1f} s" for what, waits in tally.waits.items() if max(waits) > WAIT_S]
    if max(tally.memory) > MEMORY:
        wrong.append("memory")
    if tally.log > LOG:
        wrong.append("log")
    if max(tally.held_s) > HELD_S:
        wrong.append("event loop")
    return wrong


if __name__ == "__main__":
    end(verdict(asyncio.run(measured(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))))
