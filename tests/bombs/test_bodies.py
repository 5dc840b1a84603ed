"""Bodies of many values, many at once: the server does not hold them all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.bombs.conftest import API, Unharmed
from tests.crash.conftest import Process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

AT_ONCE = 10
BODY = b'{"prompt":[' + b"{}," * 10_000_000 + b"{}]}"


async def test_large_bodies_wait_for_their_turn_on_disk(api: httpx.AsyncClient, unharmed: Unharmed) -> None:
    headers = {"Content-Type": "application/json"}
    async with unharmed():
        answers = await asyncio.gather(
            *(api.post(f"{API}/edit", content=BODY, headers=headers) for _ in range(AT_ONCE))
        )
    assert {answer.status_code for answer in answers} == {413}


async def test_what_comes_lies_with_the_data_meanwhile(api: httpx.AsyncClient, server: Process) -> None:
    """The machine's temporary folder may be memory."""
    seen = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield BODY[: 3 * 1024 * 1024]
        await seen.wait()

    headers = {"Content-Type": "application/json"}
    request = asyncio.create_task(api.post(f"{API}/edit", content=body(), headers=headers))
    while not any(server.environment["IMAGESTUDIO_DATA_DIR"] in path for path in _nameless(server)):
        await asyncio.sleep(0.01)
    seen.set()
    assert (await request).status_code == 413


def _nameless(server: Process) -> list[str]:
    """Where files without a name lie that the server has open."""
    assert server.running is not None
    paths = []
    for descriptor in Path(f"/proc/{server.running.pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            paths.append(str(descriptor.readlink()))
    return [path for path in paths if path.endswith("(deleted)")]
