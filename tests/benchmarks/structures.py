"""What bodies and queries cost whose size is the point: `python -m tests.benchmarks.structures`, two minutes.

Every route of the reference and every door of Gradio and MCP is sent wide, deep, long and repeated values, of
one size and of eight times that. Ends with status 1 where eight times the bytes cost more than sixteen times
the processor time, or an answer was a failure of the studio's.
"""

import asyncio
import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.benchmarks.figures import end
from tests.benchmarks.processes import Studio, providers, studio
from tests.benchmarks.visitors import keys_of

SMALL, TIMES = 128 * 1024, 8
QUERY = 4 * 1024
ROUNDS = 3
SLACK_S = 0.1
"""Processor time that says nothing: the clock's steps, and what else the studio does meanwhile."""
DOORS = (
    "/gradio_api/call/generate",
    "/gradio_api/call/v2/generate",
    "/gradio_api/queue/join",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    "/gradio_api/mcp/",
)
ID = "0" * 32

Shape = Callable[[int], bytes]


def _filled(unit: bytes, size: int, begin: bytes, end: bytes) -> bytes:
    return begin + unit * (size // len(unit)) + end


def _names(size: int) -> bytes:
    pairs = (b'"%06x":1' % number for number in range(size // 11))
    return b"{" + b",".join(pairs) + b"}"


SHAPES: dict[str, Shape] = {
    "wide": lambda size: _filled(b"{},", size, b'{"prompt":[', b"{}]}"),
    "numbers": lambda size: _filled(b"1,", size, b'{"data":[', b"1]}"),
    "names": _names,
    "repeated": lambda size: _filled(b'"prompt":"x",', size, b"{", b'"prompt":"x"}'),
    "deep": lambda size: b'{"prompt":' + b"[" * (size // 2) + b"]" * (size // 2) + b"}",
    "open": lambda size: b'{"prompt":' + b'{"a":' * (size // 5),
    "long": lambda size: _filled(b"a ", size, b'{"prompt":"', b'"}'),
    "escapes": lambda size: _filled(b"\\u0041", size, b'{"prompt":"', b'"}'),
    "quotes": lambda size: _filled(b'\\"', size, b'{"prompt":"', b'"}'),
    "picture": lambda size: _filled(
        b"AAAA", size, b'{"prompt":"x","image_url":"data:image/png;base64,', b'"}'
    ),
    "digits": lambda size: _filled(b"9", size, b'{"prompt":"x","seed":', b"}"),
    "form": lambda size: _filled(
        b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\n\r\n", size, b"", b"--x--\r\n"
    ),
}
QUERIES = ("a* ", '"', "%25", "字", "-1,", "../", "\\")


@dataclass(frozen=True)
class Attempt:
    """A request in two sizes."""

    what: str
    method: str
    path: str
    small: bytes = b""
    large: bytes = b""
    kind: str = "application/json"


def attempts(document: dict[str, Any]) -> Iterator[Attempt]:
    """Everything that can be sent, by the reference's own list."""
    for path, item in document["paths"].items():
        where = path
        for name in ("job_id", "file_id", "comparison_id", "place", "token"):
            where = where.replace("{" + name + "}", ID)
        for method in ("get", "post", "put", "delete"):
            if method in item:
                yield from (
                    _queries(where, item[method]) if method == "get" else _bodies(method.upper(), where)
                )
    for path in DOORS:
        yield from _bodies("POST", path)


def _queries(path: str, operation: dict[str, Any]) -> Iterator[Attempt]:
    names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    for name, unit in itertools.product(names, QUERIES):
        small, large = (f"{name}={unit * (size // len(unit))}" for size in (QUERY, QUERY * TIMES))
        yield Attempt(f"{name}={unit}", "GET", path, small.encode(), large.encode())


def _bodies(method: str, path: str) -> Iterator[Attempt]:
    for name, shape in SHAPES.items():
        kind = "multipart/form-data; boundary=x" if name == "form" else "application/json"
        yield Attempt(name, method, path, shape(SMALL), shape(SMALL * TIMES), kind)


async def cost(
    one: Studio, session: aiohttp.ClientSession, attempt: Attempt, data: bytes
) -> tuple[float, int]:
    """Processor seconds of some requests, and the worst status."""
    began, worst = one.cpu(), 0
    for _ in range(ROUNDS):
        in_query = attempt.method == "GET"
        url = f"{attempt.path}?{data.decode()}" if in_query else attempt.path
        headers = {"content-type": attempt.kind, "accept": "application/json, text/event-stream"}
        async with session.request(
            attempt.method, url, data=None if in_query else data, headers=headers
        ) as response:
            await response.read()
        worst = max(worst, response.status)
    return one.cpu() - began, worst


async def measured() -> list[str]:
    """What was not as promised."""
    wrong: list[str] = []
    asked, most = 0, (0.0, "nothing")
    settings = {"IMAGESTUDIO_REQUESTS_PER_MINUTE": "1000000", "IMAGESTUDIO_MIN_FREE_MB": "0"}
    with providers() as fast, studio(fast, with_page=True, **settings) as one:
        timeout = aiohttp.ClientTimeout(total=120)
        async with aiohttp.ClientSession(one.url, headers=keys_of(1), timeout=timeout) as session:
            async with session.get("/openapi.json") as response:
                document = await response.json()
            for attempt in attempts(document):
                what = f"{attempt.method} {attempt.path} {attempt.what}"
                few, status = await cost(one, session, attempt, attempt.small)
                many, other = await cost(one, session, attempt, attempt.large)
                asked += 1
                most = max(most, (many / ROUNDS, what))
                if max(status, other) in (500, 502, 504):
                    wrong.append(f"{what}: {max(status, other)}")
                if many > 2 * TIMES * few + SLACK_S:
                    wrong.append(f"{what}: {few / ROUNDS:.3f} s, eight times as much {many / ROUNDS:.3f} s")
    sys.stdout.write(f"{asked} routes and shapes; the dearest took {most[0]:.3f} s: {most[1]}\n")
    return wrong


if __name__ == "__main__":
    end(asyncio.run(measured()))
