"""The API in process, in front of a live studio whose providers are the strict emulator on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from imagestudio.core.settings import load_settings
from imagestudio.sandbox import create_sandbox
from imagestudio.server.create import create_app
from tests.fresh import data_folder
from tests.jobs.conftest import KEYS, SVG, Emulator, paint, picture, serve

__all__ = ["SVG", "paint", "picture"]

ORIGIN = "http://studio.test"
API = "/api/v1/image"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_emulator() -> AsyncIterator[Emulator]:
    app = create_sandbox(speed=0, paint=paint)
    async with serve(app) as url:
        yield Emulator(url, app)


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Emulator:
    """The providers, with nothing asked of them yet."""
    shared_emulator.app.state.journal.clear()
    return shared_emulator


FROM = "x-test-from"


class FromAnywhere(httpx.ASGITransport):
    """Whose requests come from the address that the header `FROM` names."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.client = (request.headers.pop(FROM, "127.0.0.1"), 123)
        return await super().handle_async_request(request)


Open = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="module")
def open_api(shared_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Opens a new studio with further settings, in front of another emulator if need be."""

    @asynccontextmanager
    async def opened(url: str = shared_emulator.url, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        origins = {
            f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{url}/{name}" for name in ("google", "bfl", "fal")
        }
        data = data_folder(settings.pop("IMAGESTUDIO_DATA_DIR", None) or tmp_path_factory.mktemp("data"))
        known = {**KEYS, **origins, "IMAGESTUDIO_DATA_DIR": data}
        known |= {"IMAGESTUDIO_ALLOWED_HOSTS": urlsplit(ORIGIN).hostname, **settings}
        app = create_app(load_settings(known), with_page=False)
        transport = FromAnywhere(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=60) as client,
        ):
            yield client

    return opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slow_url() -> AsyncIterator[str]:
    """Providers that take their time: `demo:slow` runs for ten seconds."""
    async with serve(create_sandbox(paint=paint)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slow_api(open_api: Open, slow_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_api(slow_url) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(open_api: Open) -> AsyncIterator[httpx.AsyncClient]:
    """One studio a file of tests: opening one takes as long as many requests."""
    async with open_api() as client:
        yield client


async def ended(api: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    """The job, once it has come to an ending."""
    pause = 0.01
    while True:
        job: dict[str, Any] = (await api.get(f"{API}/jobs/{job_id}")).json()["data"]
        if job["status"] not in ("queued", "running"):
            return job
        await asyncio.sleep(pause)  # asking without a pause takes the processor from what is waited for
        pause = min(2 * pause, 0.2)
