"""A server on loopback that nobody may be made to call."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send

from tests.conftest import picture, served
from tests.ui.conftest import client, connect

__all__ = ["Canary", "client", "connect"]


@dataclass
class Canary:
    """What it was asked."""

    url: str = ""
    requests: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append(scope["path"])
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"image/png")]}
        )
        await send({"type": "http.response.body", "body": picture()})


@pytest.fixture(scope="session")
def canary_server() -> Iterator[Canary]:
    canary = Canary()
    with served(lambda: canary, lifespan="off") as url:
        canary.url = f"{url}/picture.png"
        yield canary


@pytest.fixture
def canary(canary_server: Canary) -> Canary:
    """Nothing was asked of it yet."""
    canary_server.requests.clear()
    return canary_server
