"""Clients of Gradio's API and of MCP, as their own libraries make them."""

import asyncio
import base64
import functools
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from imagestudio.core.job import CallRecord, Job, StoredFile
from tests.conftest import Live, picture

if TYPE_CHECKING:  # each takes a second to import, and many files here call neither
    from gradio_client import Client
    from mcp import ClientSession
    from mcp.types import CallToolResult

SOURCE = "data:image/png;base64," + base64.b64encode(picture(80, 60)).decode()
"""A picture to edit, as an address."""

Connect = Callable[[str], "Client"]


@pytest.fixture(scope="session")
def connect(tmp_path_factory: pytest.TempPathFactory) -> Connect:
    """A gradio_client of a studio; one is enough for a session."""
    from gradio_client import Client

    downloads = tmp_path_factory.mktemp("downloads")

    @functools.cache
    def connected(url: str) -> "Client":
        return Client(url, download_files=downloads, verbose=False, analytics_enabled=False)

    return connected


@pytest.fixture
def client(connect: Connect, live: Live) -> "Client":
    return connect(live.url)


@asynccontextmanager
async def mcp_session(url: str, headers: Mapping[str, str] | None = None) -> AsyncIterator["ClientSession"]:
    """An MCP session over HTTP."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async with (
        httpx.AsyncClient(headers=headers, timeout=60) as client,
        streamable_http_client(f"{url}/gradio_api/mcp/", http_client=client) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


@pytest.fixture
async def agent(live: Live) -> AsyncIterator["ClientSession"]:
    """An agent of the live studio, in a task of its own: so rows can share one."""
    ready: asyncio.Future[ClientSession] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def hold() -> None:
        async with mcp_session(live.url) as session:
            ready.set_result(session)
            await over.wait()

    task = asyncio.create_task(hold())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    yield ready.result()
    over.set()
    await task


def texts(result: "CallToolResult") -> list[str]:
    """What an agent reads."""
    return [content.text for content in result.content if content.type == "text"]


def job_of(result: "CallToolResult") -> dict[str, Any]:
    """The job in an answer."""
    assert not result.isError, texts(result)
    job: dict[str, Any] = json.loads(texts(result)[-1])
    return job


def refusal_of(result: "CallToolResult") -> dict[str, Any]:
    """What a refused call says to programs."""
    assert result.isError, texts(result)
    assert result.structuredContent
    refused: dict[str, Any] = result.structuredContent["error"]
    return refused


@dataclass(frozen=True)
class Shown:
    """A picture that an agent looks at."""

    data: bytes
    mime_type: str

    @property
    def size(self) -> tuple[int, int]:
        with Image.open(io.BytesIO(self.data)) as image:
            image.load()
            return image.size


def pictures_of(result: "CallToolResult") -> list[Shown]:
    """The pictures of an answer."""
    return [
        Shown(base64.b64decode(content.data), content.mimeType)
        for content in result.content
        if content.type == "image"
    ]


def upload(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


NASTY = """<img src=x onerror="alert('1')">"""
JOB = Job(
    id="1" * 32,
    owner="local",
    task="generate",
    status="succeeded",
    model="flux-2-pro",
    provider="bfl",
    served_by=None,
    demo=False,
    created_at=1000.0,
    finished_at=1002.54,
    asked={"prompt": NASTY},
    prompt=NASTY,
    controls={"seed": 7},
    response_format="auto",
    input_file=None,
    estimated_usd=0.03,
    calls=(CallRecord("1" * 32, 0, "https://api.bfl.ai/v1/flux-2-pro", {}, charged="yes"),),
)
FILE = StoredFile("2" * 32, "result", "22/2.png", "image/png", 640, 480, 9, "", 1001.0, "local", JOB.id)
