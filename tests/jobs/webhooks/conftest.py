"""A receiver of webhooks on loopback, which the studio takes for a public host, and a studio beside it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook
from starlette.types import Receive, Scope, Send

from imagestudio.core.settings import Settings, load_settings
from imagestudio.net import Fetcher
from imagestudio.sandbox import create_sandbox
from imagestudio.server.create import create_app
from imagestudio.server.wiring import open_host
from imagestudio.studio.service import Studio
from tests.api.conftest import API, ORIGIN, paint
from tests.fresh import data_folder
from tests.jobs.conftest import KEYS, serve
from tests.net.conftest import PUBLIC, Internet, Names
from tests.opened import open_studio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOST = "receiver.example"
URL = f"http://{HOST}/hook"


@dataclass(frozen=True)
class Arrived:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str = SECRET) -> Any:
        """What it says, if the scheme's own library believes it."""
        return Webhook(secret).verify(self.body, self.headers)


class Receiver:
    """Answers each path by its list of statuses, the last one for good; 204 where it has none."""

    def __init__(self) -> None:
        self.statuses: dict[str, list[int]] = {}
        self.held: dict[str, asyncio.Event] = {}
        """Paths that are not answered before their event is set."""
        self.arrived: list[Arrived] = []
        self._news = asyncio.Condition()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        async with self._news:
            self.arrived.append(Arrived(scope["method"], scope["path"], headers, body))
            self._news.notify_all()
        if (event := self.held.get(scope["path"])) is not None:
            await event.wait()
        statuses = self.statuses.get(scope["path"], [204])
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        location = [(b"location", f"http://{HOST}/elsewhere".encode())] if 300 <= status < 400 else []
        await send({"type": "http.response.start", "status": status, "headers": location})
        await send({"type": "http.response.body", "body": b""})

    async def until(self, count: int) -> list[Arrived]:
        """What arrived, once it is so many."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.arrived) >= count)
        return self.arrived


class Clock:
    """The time, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class World:
    """A studio's surroundings. `internet.dialed` tells whom it called."""

    receiver: Receiver
    names: Names
    internet: Internet
    fetcher: Fetcher
    settings: Settings
    clock: Clock
    opened: Studio | None = None
    """The studio behind the API."""

    async def later(self, seconds: float) -> None:
        """Let the time pass, and what is due by then be sent."""
        self.clock.ahead += seconds
        assert self.opened
        await self.opened._webhooks.deliver_due()

    def studio(self) -> AbstractAsyncContextManager[Studio]:
        """Open a studio, on the same data each time."""
        return open_studio(self.settings, self.clock, fetcher=self.fetcher)

    @asynccontextmanager
    async def api(self) -> AsyncIterator[httpx.AsyncClient]:
        """Open a studio behind its REST API."""
        opening = partial(open_host, clock=self.clock, fetcher=self.fetcher)
        app = create_app(self.settings, with_page=False, opening=opening)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=60) as client,
        ):
            self.opened = app.state.studio
            yield client


Make = Callable[..., World]


@pytest.fixture
async def make_world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Providers take no time, unless the test is marked with another `pace`."""
    receiver, pace = Receiver(), request.node.get_closest_marker("pace")
    emulator = create_sandbox(speed=pace.args[0] if pace else 0, paint=paint)
    async with serve(receiver) as here, serve(emulator) as providers:
        port = int(here.rsplit(":", 1)[1])
        names, internet = Names(), Internet(port, port)
        names.answers[HOST] = [[PUBLIC]]
        fetcher = Fetcher(resolver=names, dialer=internet)
        origins = {
            f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers}/{name}" for name in ("google", "bfl", "fal")
        }

        def make(**settings: Any) -> World:
            known = {**KEYS, **origins, "IMAGESTUDIO_DATA_DIR": data_folder(tmp_path / "data")}
            known |= {"IMAGESTUDIO_WEBHOOK_SECRET": SECRET, "IMAGESTUDIO_ALLOWED_HOSTS": "studio.test"}
            known |= settings
            return World(receiver, names, internet, fetcher, load_settings(known), Clock())

        yield make
        for event in receiver.held.values():
            event.set()
        await fetcher.aclose()


@pytest.fixture
def world(make_world: Make) -> World:
    return make_world()


async def run(api: httpx.AsyncClient, prompt: str = "a fox", url: str | None = URL, **fields: Any) -> str:
    """The id of a job that was asked for, with a webhook."""
    body = {"prompt": prompt, "webhook_url": url, **fields}
    answer = await api.post(f"{API}/generate", json=body, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["data"]["id"]
    return job_id


async def webhook_of(
    api: httpx.AsyncClient, job_id: str, when: Callable[[dict[str, Any]], Any]
) -> dict[str, Any]:
    """The `webhook` of a job, once it is as `when` says."""
    while True:
        found: dict[str, Any] = (await api.get(f"{API}/jobs/{job_id}")).json()["data"]["webhook"]
        if when(found):
            return found
        await asyncio.sleep(0.02)


def waits(hook: dict[str, Any]) -> bool:
    return hook["last_error"] is not None and hook["next_at"] is not None


def is_over(hook: dict[str, Any]) -> bool:
    return hook["attempts"] > 0 and hook["next_at"] is None
