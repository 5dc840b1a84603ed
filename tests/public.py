"""A studio that strangers can reach, every route of it, and a server that nobody may be made to call."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

from imagestudio.access.identity import Identified
from imagestudio.access.rate_limit import RateLimiter
from imagestudio.api.metrics import RequestMetrics
from imagestudio.api.middleware.stack import guard
from imagestudio.core.settings import load_settings
from imagestudio.core.visitor import LOCAL
from imagestudio.server.create import create_app
from tests.conftest import picture, served


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


@dataclass
class Open:
    """A studio for many visitors, on loopback, and its application."""

    url: str
    app: Any

    @contextmanager
    def visitor(self) -> Iterator[httpx.Client]:
        """Somebody with a cookie of their own."""
        with httpx.Client(base_url=self.url, timeout=30) as client:
            client.get("/").raise_for_status()
            assert client.cookies
            yield client


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """A demo that strangers can reach."""
    told = {"IMAGESTUDIO_PUBLIC_URL": "http://studio.example", "IMAGESTUDIO_REQUESTS_PER_MINUTE": 100_000}
    settings = load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("public"), **told})
    made: list[Any] = []

    def make() -> Any:
        made.append(create_app(settings))
        return made[0]

    with served(make) as url:
        yield Open(url, made[0])


class Everybody:
    """An identity that takes whoever asks for the one who sits at the machine."""

    async def identify(self, request: HTTPConnection) -> Identified:
        return Identified(LOCAL)


def guarded(app: FastAPI) -> FastAPI:
    """An app of a test's own behind the studio's middlewares."""
    app.state.identity, app.state.metrics = Everybody(), RequestMetrics()
    app.state.rates = RateLimiter(None, time.monotonic)
    guard(app, load_settings())
    return app


PARAMETER = re.compile(r"\{[^}]*\}")


def routes(app: Any) -> list[tuple[str, str]]:
    """Methods and paths, Gradio's included, with something in place of their parameters."""
    pairs = {(method, PARAMETER.sub("x", path)) for method, path in _walk(app.router.routes, "")}
    return sorted(pairs)


def gradio_of(app: Any) -> Any:
    """Gradio's own app, the last that is asked."""
    mounted = app.router.routes[-1]
    assert isinstance(mounted, Mount)
    return mounted.app


def _walk(some: list[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for route in some:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _walk(included.routes, prefix + route.include_context.prefix)  # type: ignore[attr-defined]
        elif isinstance(route, Mount):
            yield from (
                _walk(route.routes, prefix + route.path)
                if route.routes
                else [
                    ("GET", f"{prefix}{route.path}/"),
                    ("POST", f"{prefix}{route.path}/"),
                ]
            )
        else:
            # A plain ASGI app under a Route takes every method.
            for method in getattr(route, "methods", None) or ("GET", "POST"):
                yield method, prefix + route.path
