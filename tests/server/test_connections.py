"""Connections that say nothing are ended, and no address takes all of them."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import uvicorn

from imagestudio.server.connections import BODY_RATE, BODY_S, HEADER_S, Connections, guarded_protocol
from tests.tables import rows

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
SHORT = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def echo(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        continue
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def serving(connections: Connections) -> AsyncIterator[int]:
    http = guarded_protocol(connections)
    config = uvicorn.Config(echo, port=0, http=http, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0)
        yield listening.getsockname()[1]
        for one in Stranger.all:
            one.writer.transport.abort()
        Stranger.all.clear()
        server.should_exit = True
        await task


class Stranger:
    """A connection, and what it is told."""

    all: ClassVar[list["Stranger"]] = []

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.all.append(self)

    @classmethod
    async def come(cls, port: int) -> "Stranger":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self) -> bytes:
        self.writer.write(SHORT)
        head = await self.reader.readuntil(b"\r\n\r\n")
        return head + await self.reader.readexactly(2)

    async def is_gone(self) -> bool:
        try:
            return await self.reader.read(1) == b""
        except ConnectionError:
            return True


async def arrived(connections: Connections, count: int, received: int = 0) -> None:
    """Until the server has seen so many connections, and so many bytes of the last one."""
    while len(connections._open) < count or [*connections._open][-1]._received < received:
        await asyncio.sleep(0)


@rows(("hard", "says"), [(256, "this process may have 256 open files"), (5000, "nothing")])
def test_a_start_takes_the_descriptors_that_it_may_have(hard: int, says: str) -> None:
    script = (
        "import logging, resource; logging.basicConfig(); "
        f"resource.setrlimit(resource.RLIMIT_NOFILE, (100, {hard})); "
        "from imagestudio.server.connections import raise_descriptors; "
        "print(raise_descriptors(), resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == f"{hard} ({hard}, {hard})\n", done.stderr
    assert says in (done.stderr or "nothing")


async def test_who_says_nothing_is_ended_and_who_waits_for_the_next_request_is_not() -> None:
    connections = Connections(clock=(clock := Clock()))
    async with serving(connections) as port, asyncio.timeout(30):
        kept = await Stranger.come(port)
        assert (await kept.ask()).endswith(b"ok")
        silent = await Stranger.come(port)
        half = await Stranger.come(port)
        half.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        await arrived(connections, 3, 20)
        clock.now = HEADER_S
        connections.end_late()
        assert len(connections._open) == 3
        clock.now = HEADER_S + 1
        connections.end_late()
        assert await silent.is_gone()
        assert await half.is_gone()
        assert (await kept.ask()).endswith(b"ok")


async def test_a_body_has_as_long_as_it_comes() -> None:
    connections = Connections(clock=(clock := Clock()))
    async with serving(connections) as port, asyncio.timeout(30):
        slow = await Stranger.come(port)
        slow.writer.write(HEAD)
        slow.writer.write(b"x" * 10 * BODY_RATE)
        await arrived(connections, 1, 10 * BODY_RATE)
        clock.now = BODY_S + 10
        connections.end_late()
        assert len(connections._open) == 1
        clock.now = BODY_S + 11 + len(HEAD) / BODY_RATE
        connections.end_late()
        assert await slow.is_gone()


async def test_one_address_has_its_share() -> None:
    connections = Connections(10, 3)
    async with serving(connections) as port, asyncio.timeout(30):
        mine = [await Stranger.come(port) for _ in range(3)]
        await arrived(connections, 3)
        assert await (await Stranger.come(port)).is_gone()
        assert (await mine[0].ask()).endswith(b"ok")
        mine[0].writer.close()
        while len(connections._open) == 3:
            await asyncio.sleep(0)
        assert (await (await Stranger.come(port)).ask()).endswith(b"ok")


async def test_a_proxy_s_connections_have_no_share_and_idle_ones_give_way() -> None:
    connections = Connections(3, 1, is_proxy=lambda address: True)
    async with serving(connections) as port, asyncio.timeout(30):
        idle = await Stranger.come(port)
        assert (await idle.ask()).endswith(b"ok")
        silent = [await Stranger.come(port) for _ in range(2)]
        await arrived(connections, 3)
        assert (await (await Stranger.come(port)).ask()).endswith(b"ok")
        assert await idle.is_gone()
        assert len(silent) == 2
