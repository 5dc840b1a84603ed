"""A sandbox in process, a clock that stands still until it is told to move, and the three keys."""

import base64
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from imagestudio.sandbox import SandboxTransport, create_sandbox
from tests.jobs.conftest import paint

NOON = 1_795_000_000.0


class Clock:
    """Seconds since the epoch that pass only by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Sandbox:
    """A client of one sandbox, sending the right key to each provider."""

    def __init__(self, app: Starlette, client: httpx.AsyncClient) -> None:
        self.app, self.http = app, client

    async def google(self, call: str, body: Any, key: str = "good") -> httpx.Response:
        return await self.http.post(
            f"/google/v1beta/models/{call}", json=body, headers={"x-goog-api-key": key}
        )

    async def bfl(self, endpoint: str, body: Any, key: str = "good") -> httpx.Response:
        return await self.http.post(f"/bfl/v1/{endpoint}", json=body, headers={"x-key": key})

    async def bfl_poll(self, submitted: httpx.Response) -> Any:
        polled = await self.http.get(submitted.json()["polling_url"], headers={"x-key": "good"})
        assert polled.status_code == 200
        return polled.json()

    async def bfl_end(self, submitted: httpx.Response) -> Any:
        """Polls until the answer can't change any more."""
        while (polled := await self.bfl_poll(submitted))["status"] in ("Pending", "Reasoning", "Generating"):
            pass
        return polled

    async def fal(self, endpoint: str, body: Any, key: str = "Key id:secret") -> httpx.Response:
        return await self.http.post(f"/fal/{endpoint}", json=body, headers={"Authorization": key})

    async def fal_get(self, url: str) -> httpx.Response:
        return await self.http.get(url, headers={"Authorization": "Key id:secret"})

    async def fal_result(self, endpoint: str, body: Any) -> httpx.Response:
        """Submits and reads `response_url` once the status is COMPLETED."""
        ticket = (await self.fal(endpoint, body)).json()
        while (await self.fal_get(ticket["status_url"])).json()["status"] != "COMPLETED":
            pass
        return await self.fal_get(ticket["response_url"])


Open = Callable[..., Any]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_sandbox(clock: Clock) -> AsyncIterator[Open]:
    """Makes sandboxes with the clock that stands still. `speed` is 0 unless given. They draw plain pictures,
    which takes no time, unless `paint` is given."""
    async with AsyncExitStack() as stack:

        async def open_one(**options: Any) -> Sandbox:
            app = create_sandbox(**{"clock": clock, "speed": 0.0, "paint": paint, **options})
            client = httpx.AsyncClient(transport=SandboxTransport(app), base_url="http://sandbox")
            return Sandbox(app, await stack.enter_async_context(client))

        yield open_one


@pytest.fixture
async def sandbox(open_sandbox: Open) -> Any:
    return await open_sandbox()


@pytest.fixture
def png() -> bytes:
    """A small picture, 96 x 64."""
    file = io.BytesIO()
    Image.new("RGB", (96, 64), (200, 80, 40)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def png_base64(png: bytes) -> str:
    return base64.b64encode(png).decode()


@pytest.fixture
def read_image() -> Callable[[bytes], tuple[str | None, tuple[int, int]]]:
    """Format and size, as read from the bytes."""

    def read(data: bytes) -> tuple[str | None, tuple[int, int]]:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            return image.format, image.size

    return read
