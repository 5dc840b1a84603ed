"""A provider's side of the wire: documented answers go out, every request is kept.

    provider, server = wire_for(Google)
    server.answer("POST", "/v1beta/models/x:predict", 200, "google/one_picture.json")
    await provider.submit(...)
    assert server.sent[0].json == {...}

A request that has no answer waiting, and an answer that nobody asked for, fail the test at its end.
"""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import Route
from imagestudio.core.request import GenerationRequest, InputImage
from imagestudio.net import Fetcher
from imagestudio.providers.fal import Fal
from imagestudio.providers.http import Wire

WIRE = Path(__file__).parent / "wire"
KEY = "test-key-3f9a"


@dataclass(frozen=True)
class Sent:
    """One request as it arrived."""

    method: str
    url: str
    headers: Mapping[str, str]
    json: Any


class Server:
    """Answers by method and URL, first come first served."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.key = KEY
        self.sent: list[Sent] = []
        self.unexpected: list[str] = []
        self._answers: dict[tuple[str, str], list[httpx.Response | Exception]] = {}

    def answer(
        self,
        method: str,
        where: str,
        status: int = 200,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Queue an answer for a path under the base URL, or for a full URL.

        `body`: a text names a file under `wire/`, bytes go out as they are, None is an empty body, an
        exception is raised as httpx would raise it, a stream goes out as it comes, the rest becomes JSON.
        """
        url = where if "://" in where else self.base_url + where
        if isinstance(body, Exception):
            reply: httpx.Response | Exception = body
        elif isinstance(body, httpx.AsyncByteStream):
            reply = httpx.Response(status, stream=body, headers=headers)
        else:
            if isinstance(body, str):
                body = (WIRE / body).read_bytes()
            elif not isinstance(body, bytes | None):
                body = json.dumps(body).encode()
            reply = httpx.Response(status, content=body, headers=headers)
        self._answers.setdefault((method, url), []).append(reply)

    def reply(self, request: httpx.Request) -> httpx.Response:
        content = json.loads(request.content) if request.content else None
        self.sent.append(Sent(request.method, str(request.url), dict(request.headers), content))
        waiting = self._answers.get((request.method, str(request.url)))
        if not waiting:
            self.unexpected.append(f"{request.method} {request.url}")
            raise httpx.ConnectError("no answer waits here")
        reply = waiting.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def check(self) -> None:
        unused = [f"{method} {url}" for (method, url), left in self._answers.items() if left]
        assert (self.unexpected, unused) == ([], []), "requests without an answer, answers without a request"


@pytest.fixture
async def wire_for() -> AsyncIterator[Any]:
    """`wire_for(Provider, base_url=None) -> (provider, server)`, over httpx's own mock transport."""
    servers = []
    # No download leaves this process: an SSL context that loads no certificates is enough, and quick.
    fetcher = Fetcher(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def make(kind: Any, base_url: str | None = None) -> tuple[Any, Server]:
        server = Server(base_url or kind.base_url)
        servers.append(server)
        wire = Wire(
            title=kind.title,
            client=httpx.AsyncClient(transport=httpx.MockTransport(server.reply)),
            fetcher=fetcher,
            base_url=server.base_url,
            key_headers=kind.auth(KEY),
            key_variable=next(iter(kind.key_variables), "X-HF-Token"),
            owns=kind.owns,
        )
        return kind(wire), server

    yield make
    await fetcher.aclose()
    for server in servers:
        server.check()


@pytest.fixture
def ask() -> Any:
    """`ask(model, image=None, route="", prompt="A red cup", **controls) -> (Route, GenerationRequest)`."""

    def make(
        model: str,
        image: InputImage | None = None,
        route: str = "",
        prompt: str = "A red cup",
        **controls: Any,
    ) -> tuple[Route, GenerationRequest]:
        spec = MODELS[model]
        return spec.route(controls, route), GenerationRequest(spec.task, model, prompt, controls, image)

    return make


@pytest.fixture
def source(tmp_path: Path) -> InputImage:
    """A small PNG on disk, as the studio keeps a source picture."""
    path = tmp_path / "source.png"
    Image.new("RGB", (8, 6), "red").save(path)
    return InputImage(path, "image/png", 8, 6)


@pytest.fixture
def fal_finished(wire_for: Any) -> Any:
    """`fal_finished(status, body, told=..., headers=None) -> provider`, with a task that is over.

    `told` is what its ticket's `status_url` answers, the others are the answer of its `response_url`.
    """
    task = "https://queue.fal.run/fal-ai/recraft/requests/764cabcf-b745-4b3e-ae38-1200304cf45b"

    def make(
        status: int, body: Any, told: Any = "fal/completed.json", headers: Mapping[str, str] | None = None
    ) -> Any:
        fal, server = wire_for(Fal)
        server.answer("GET", f"{task}/status", 200, told)
        server.answer("GET", task, status, body, headers)
        return fal

    return make
