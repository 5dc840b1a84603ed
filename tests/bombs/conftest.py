"""A studio in a process of its own, whose memory and patience are watched while it is given bombs."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import pytest_asyncio
from starlette.responses import PlainTextResponse

from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.drawing import Wish
from tests.conftest import SVG, picture
from tests.crash.conftest import Pageless, Process
from tests.jobs.conftest import KEYS, serve

Unharmed = Callable[[], AbstractAsyncContextManager[None]]

API = "/api/v1/image"
PROBER = str(Path(__file__).with_name("prober.py"))
MOST_MEMORY = 250 * 1024 * 1024
"""Bytes by which the server may grow: some copies of the largest body it takes. A bomb is more."""
MOST_S = 1.5
"""Processor time that the server may take before it says that it is well: it decodes nothing itself."""


@dataclass
class Canary:
    """An address that nobody may ever call."""

    url: str
    calls: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def canary() -> AsyncIterator[Canary]:
    found = Canary("")

    async def any_call(scope: Any, receive: Any, send: Any) -> None:
        found.calls.append(scope["path"])
        await PlainTextResponse("tweet")(scope, receive, send)

    async with serve(any_call) as url:
        found.url = url
        yield found


@dataclass
class Bombs:
    """What the provider paints, by the prompt: set before a run."""

    by_prompt: dict[str, bytes] = field(default_factory=dict)

    def paint(self, wish: Wish) -> bytes:
        plain = SVG if wish.format == "svg" else picture(wish.width, wish.height, wish.format)
        return self.by_prompt.get(wish.prompt, plain)


@pytest.fixture(scope="module")
def bombs() -> Bombs:
    return Bombs()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(bombs: Bombs, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    """A live studio, as far as it knows."""
    async with serve(create_sandbox(speed=0, paint=bombs.paint)) as providers:
        process = Pageless([], "/api/health")
        names = ("google", "bfl", "fal")
        process.environment = KEYS | {f"IMAGESTUDIO_{n.upper()}_BASE_URL": f"{providers}/{n}" for n in names}
        process.environment["IMAGESTUDIO_DATA_DIR"] = str(tmp_path_factory.mktemp("data"))
        process.environment["GRADIO_SERVER_PORT"] = str(process.port)
        await asyncio.to_thread(process.start)
        yield process
        await asyncio.to_thread(process.kill)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(server: Process) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=100) as client:
        # The first answers load what later ones need.
        await client.post(f"{API}/edit", data={"prompt": "x"}, files={"image": picture()})
        await client.post(f"{API}/generate", json={"prompt": "x", "model": "recraft-v4", "vector": True})
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prober(server: Process) -> AsyncIterator[asyncio.subprocess.Process]:
    """Asks the server how it is while it is told to."""
    assert server.running is not None
    process = await asyncio.create_subprocess_exec(
        sys.executable, PROBER, str(server.port), str(server.running.pid), stdin=PIPE, stdout=PIPE
    )
    yield process
    await process.communicate(b"")


@pytest.fixture
def unharmed(server: Process, prober: asyncio.subprocess.Process) -> Unharmed:
    """A stretch of time at whose end the server must have answered all along, and not have grown."""

    @asynccontextmanager
    async def stretch() -> AsyncIterator[None]:
        assert server.running is not None
        before = psutil.Process(server.running.pid).memory_info().rss
        assert prober.stdin
        assert prober.stdout
        prober.stdin.write(b"begin\n")
        try:
            yield
        finally:
            prober.stdin.write(b"end\n")
            told = await prober.stdout.readline()
        longest_s, most_bytes = json.loads(told)
        assert longest_s < MOST_S
        assert most_bytes - before < MOST_MEMORY
        assert server.running.poll() is None

    return stretch
