"""A stranger's silent name servers keep neither other visitors' links nor paid results waiting."""

import asyncio
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.turns import Asker
from imagestudio.net import Fetcher, FetchError
from imagestudio.net.network import LOOKUPS, SystemResolver
from tests.net.conftest import PUBLIC, Certificates, World

ANN, BOB = Asker("session:ann", "a"), Asker("session:bob", "b")


class NameServers:
    """The system's look-up: of `evil` names it comes to nothing before `go_on` is set."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.asked: Counter[str] = Counter()

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked[host] += 1
        if host.startswith("evil"):
            self.go_on.wait(60)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return [(None, None, None, "", (PUBLIC, port))]

    @property
    def under_way(self) -> int:
        return sum(count for host, count in self.asked.items() if host.startswith("evil"))


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServers]:
    servers = NameServers()
    monkeypatch.setattr(socket, "getaddrinfo", servers)
    yield servers
    servers.go_on.set()


async def test_silent_name_servers_hold_up_nobody_else(
    world: World, certificates: Certificates, servers: NameServers, tmp_path: Path
) -> None:
    world.site.answer("/a", b"picture")
    trust = ssl.create_default_context(cafile=str(certificates.certificate))
    fetcher = Fetcher(dialer=world.internet, ssl_context=trust)
    slow = [
        asyncio.create_task(fetcher.get(f"http://evil{number}.example/a", asker=ANN))
        for number in range(LOOKUPS)
    ]
    while servers.under_way < 2:
        await asyncio.sleep(0.01)
    assert await fetcher.get("http://pictures.example/a", asker=BOB) == b"picture"
    await fetcher.check("http://pictures.example/a", asker=BOB)
    async with httpx.AsyncClient() as client:
        await fetcher.download("https://cdn.example/a", tmp_path / "a", client=client)
    assert servers.under_way == 2
    servers.go_on.set()
    assert {type(error) for error in await asyncio.gather(*slow, return_exceptions=True)} == {FetchError}
    await fetcher.aclose()


async def test_a_look_up_that_was_given_up_keeps_its_place(servers: NameServers) -> None:
    fetcher = Fetcher()
    for number in range(2):
        with pytest.raises(FetchError) as failure:
            await fetcher.get(f"http://evil{number}.example/a", timeout_s=0.01, asker=ANN)
        assert failure.value.reason == "timeout"
    waiting = [
        asyncio.create_task(fetcher.get("http://evil9.example/a", asker=ANN)) for _ in range(4 * LOOKUPS + 1)
    ]
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert isinstance(done.pop().exception(), ModelUnavailable)
    assert servers.asked["evil9.example"] == 0
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await fetcher.aclose()


async def test_what_providers_name_is_looked_up_once_a_minute(servers: NameServers) -> None:
    kept, fresh = SystemResolver(keep_s=60), SystemResolver()
    for resolver in (kept, fresh):
        assert {tuple(await resolver("cdn.example", 443)) for _ in range(3)} == {(PUBLIC,)}
        resolver.close()
    assert servers.asked["cdn.example"] == 1 + 3
