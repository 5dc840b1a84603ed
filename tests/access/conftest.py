"""Studios that many visitors share, and visitors who come in three ways: page, REST, gradio_client."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from imagestudio.core.settings import load_settings
from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.drawing import Wish
from imagestudio.server.create import create_app
from tests.api.conftest import open_api, shared_emulator
from tests.conftest import KEYS, SVG, picture, served
from tests.reopening import clock

if TYPE_CHECKING:
    from gradio_client import Client

__all__ = ["clock", "open_api", "shared_emulator"]

API = "/api/v1/image"
FIRST, SECOND = "marked-first-api-key", "marked-second-api-key"
ANN, BEN = "marked-anns-api-key", "marked-bens-api-key"
"""Nobody else's: what they made is counted."""


@dataclass
class Visitor:
    """The same person, with a browser and with programs."""

    url: str
    page: httpx.Client
    rest: httpx.Client
    downloads: Path

    def program(self) -> "Client":
        """A gradio_client: with a key in a header where REST has one, else with the browser's cookie."""
        from gradio_client import Client

        key = self.rest.headers.get("x-api-key")
        known: dict[str, Any] = (
            {"headers": {"X-API-Key": key}} if key else {"httpx_kwargs": {"cookies": dict(self.page.cookies)}}
        )
        return Client(
            self.url, download_files=self.downloads, verbose=False, analytics_enabled=False, **known
        )

    def run_event(self, session: str, index: int, data: list[Any]) -> str:
        """Everything that the page's stream says of an event."""
        call = {"fn_index": index, "data": data, "session_hash": session}
        joined = self.page.post("/gradio_api/queue/join", json=call)
        if joined.is_error:
            return joined.text
        with self.page.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
            return "".join(stream.iter_text())


@dataclass
class Shared:
    """A studio, its application, and the providers that it pays."""

    url: str
    app: Any
    emulator: Any
    downloads: Path
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **headers: str) -> httpx.Client:
        """One without a cookie."""
        self.clients.append(httpx.Client(base_url=self.url, timeout=60, headers=headers))
        return self.clients[-1]

    def browser(self) -> httpx.Client:
        """One that has just loaded the page."""
        client = self.client()
        client.get("/").raise_for_status()
        return client

    def guest(self) -> Visitor:
        """Somebody who is known by a cookie only."""
        browser = self.browser()
        return Visitor(self.url, browser, browser, self.downloads)

    def member(self, key: str) -> Visitor:
        """Somebody who entered a key on the page, and sends it with their programs' requests."""
        browser = self.browser()
        browser.put("/visitor/access", json={"key": key}).raise_for_status()
        return Visitor(self.url, browser, self.client(**{"X-API-Key": key}), self.downloads)


def paint(wish: Wish) -> bytes:
    """A picture that is never twice the same."""
    if wish.format == "svg":
        return SVG
    return picture(wish.width, wish.height, wish.format) + uuid.uuid4().bytes


@contextmanager
def shared_studio(folder: Path, **settings: Any) -> Iterator[Shared]:
    """A live studio in front of the emulator."""
    emulator = create_sandbox(paint=paint)
    made: list[Any] = []
    with served(lambda: emulator, lifespan="off") as providers:
        told = {
            f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers}/{name}" for name in ("google", "bfl", "fal")
        }
        told |= {**KEYS, "IMAGESTUDIO_DATA_DIR": str(folder / "data"), **settings}
        told |= {"IMAGESTUDIO_REQUESTS_PER_MINUTE": "1000000"}

        def make() -> Any:
            made.append(create_app(load_settings(told)))
            return made[0]

        with served(make) as url:
            shared = Shared(url, made[0], emulator, folder / "downloads")
            yield shared
            for client in shared.clients:
                client.close()


@pytest.fixture(scope="session")
def guests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """On a public address, where guests may spend some of the host's money."""
    public = {"IMAGESTUDIO_PUBLIC_URL": "http://studio.example", "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "1000"}
    with shared_studio(tmp_path_factory.mktemp("guests"), **public) as studio:
        yield studio


@pytest.fixture(scope="session")
def members(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """With API keys."""
    keys = {"IMAGESTUDIO_API_KEYS": ",".join((FIRST, SECOND, ANN, BEN))}
    with shared_studio(tmp_path_factory.mktemp("members"), **keys) as studio:
        yield studio
