"""The strangers' programs: `python -m tests.benchmarks.harm ADDRESS SECONDS [TRICK ...]`.

Writes what they were answered, as JSON. Each is one trick, again and again: bodies of many values, names and
megabytes through each door, malformed events, worst `Range` headers, pictures that take a decoder's time,
slow runs by the hundred, checks of keys, uploads, look-ups, connections that say nothing.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

import aiohttp

from tests.benchmarks.visitors import keys_of
from tests.bombs import rasters

NETWORKS, IDLE = 3, 300
NICE = 5

Trick = Callable[[aiohttp.ClientSession, int], Awaitable[str]]


MANY_NAMES = json.dumps({f"{number:x}": 1 for number in range(20_000)}).encode()
MANY_VALUES = b'{"prompt":[' + b"{}," * 10_000_000 + b"{}]}"
LONG_EVENT = json.dumps({"fn_index": 0, "session_hash": "x", "data": ["x\n" * 500_000]}).encode()
SLOW_PICTURES = (
    rasters.scanned_again(4400, 400),
    rasters.scanned_again(4400, 85),
    rasters.png(4400, 4400, rows=bytes(4401 * 4400)),
    rasters.small(rasters.chunk(b"prVt", b"") * 45_000),
)
"""The first is refused at once; the others are the slowest of their kinds that are taken."""
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
    picture = SLOW_PICTURES[turn % len(SLOW_PICTURES)] + random.randbytes(8)
    form.add_field("image", picture, filename="x.jpg", content_type="image/jpeg")
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


async def stranger(url: str, network: int, trick: Trick, until: float, answers: Counter[str]) -> None:
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
                    answers[f"{trick.__name__} {answer}"] += 1
                    if answer in ("429", "503"):
                        await asyncio.sleep(0.2)
        except (aiohttp.ClientError, TimeoutError) as error:
            answers[f"{trick.__name__} {type(error).__name__}"] += 1


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


async def everything(url: str, seconds: float, names: Collection[str]) -> Counter[str]:
    """All tricks, or those named, from all networks at once. What they were answered."""
    answers: Counter[str] = Counter()
    until = time.monotonic() + seconds
    chosen = [trick for trick in TRICKS if not names or trick.__name__ in names]
    strangers = [
        stranger(url, network, trick, until, answers) for trick in chosen for network in range(NETWORKS)
    ]
    with suppress(TimeoutError):  # what is under way at the end is not waited for
        async with asyncio.timeout(seconds):
            await asyncio.gather(idle(url, until), *strangers)
    return answers


if __name__ == "__main__":
    os.nice(NICE)
    sys.stdout.write(
        json.dumps(asyncio.run(everything(sys.argv[1], float(sys.argv[2]), sys.argv[3:]))) + "\n"
    )
