"""A provider on loopback that breaks connections as told, and a `Wire` to it."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable

import pytest

from imagestudio.net import Fetcher
from imagestudio.providers.http import Wire, provider_client, same_origin

KEY = "Key test-key-3f9a"


class Site:
    """A server that plays a script for each request: send these bytes, "close", "reset", "wait", or
    "drip" for as long as somebody listens."""

    def __init__(self) -> None:
        self.port = 0
        self.scripts: list[tuple[bytes | str, ...]] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.connections = 0
        self.arrived = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def then(self, *steps: bytes | str) -> None:
        self.scripts.append(steps)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read a request and play its script; whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *fields = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append((line, headers, body))
        self.arrived.set()
        for step in self.scripts.pop(0):
            match step:
                case bytes():
                    writer.write(step)
                    await writer.drain()
                case "close":
                    return False
                case "reset":
                    at_once = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                    return False
                case "wait":
                    await reader.read()
                case "drip":
                    while True:
                        writer.write(b" ")
                        await writer.drain()
                        await asyncio.sleep(0.01)
        return True


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, backlog=512)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


@pytest.fixture
async def wire_to(site: Site) -> AsyncIterator[Callable[..., Wire]]:
    """A `Wire` to the site over the client that is used in earnest."""
    client, fetcher = provider_client(), Fetcher()

    def make(base_url: str | None = None, submit_timeout_s: float = 20.0) -> Wire:
        return Wire(
            title="Acme",
            client=client,
            fetcher=fetcher,
            base_url=base_url or site.url,
            key_headers={"authorization": KEY},
            key_variable="ACME_KEY",
            owns=same_origin,
            submit_timeout_s=submit_timeout_s,
        )

    yield make
    await client.aclose()
    await fetcher.aclose()
