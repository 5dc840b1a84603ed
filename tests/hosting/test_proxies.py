"""Behind proxies as people set them up every address leads back; and what `check` says of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from gradio_client import Client
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from imagestudio.cli.public_address import try_out
from imagestudio.core.settings import Settings, load_settings
from imagestudio.server.create import create_app
from tests.conftest import served
from tests.proxy import Proxy
from tests.tables import rows

pytestmark = pytest.mark.slow

API = "/api/v1/image"
PREFIX = "/studio"


class Front:
    """The address that visitors know. What is behind it can be changed."""

    behind: Any = Response(status_code=502)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.behind(scope, receive, send)


class World:
    """A studio under a prefix, told its public origin only, and the proxy in front of it."""

    def __init__(self, front: Front, origin: str, settings: Settings, studio: str) -> None:
        self.front, self.origin, self.settings = front, origin, settings
        self.proxy = Proxy(studio, PREFIX)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    front = Front()
    with served(lambda: front, lifespan="off") as origin:
        settings = load_settings(
            {
                "IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("proxied"),
                "IMAGESTUDIO_SANDBOX": "on",
                "IMAGESTUDIO_PUBLIC_URL": origin,
                "GRADIO_ROOT_PATH": PREFIX,
            }
        )
        with served(lambda: create_app(settings)) as studio:
            yield World(front, origin, settings, studio)


@rows(
    "proxy",
    [
        {},
        {"strips": False},
        {"passes_host": False, "says": {"X-Forwarded-For": "203.0.113.9"}},
        {"strips": False, "passes_host": False, "says": {"X-Forwarded-For": "203.0.113.9"}},
    ],
)
def test_every_address_leads_back(world: World, proxy: dict[str, Any]) -> None:
    world.front.behind = replace(world.proxy, **proxy)
    here = f"{world.origin}{PREFIX}"
    with httpx.Client(base_url=here, timeout=60) as visitor:
        page = visitor.get("/")
        assert f'<base href="{PREFIX}/">' in page.text
        assert f'"root":"{world.origin}' not in page.text
        assert visitor.get("/config").json()["root"] == here
        drawn = visitor.post(f"{API}/generate", json={"prompt": "x"}, headers={"Prefer": "respond-async"})
        job = drawn.json()["data"]
        assert drawn.headers["location"] == job["poll_url"] == f"{here}{API}/jobs/{job['id']}"
        done = visitor.post(f"{API}/generate", json={"prompt": "x"}).json()["data"]
        (image,) = done["images"]
        assert image["url"] == f"{here}{API}/files/{image['id']}"
        assert visitor.get(image["url"]).status_code == 200
        shared = visitor.post(f"/visitor/files/{image['id']}/share").json()["data"]["url"]
        assert shared.startswith(f"{here}/shared/")
        assert visitor.get(shared).status_code == 200
        assert visitor.get("/openapi.json").json()["servers"] == [{"url": PREFIX}]
        assert f"{here}/gradio_api/mcp/" in visitor.get("/gradio_api/mcp/").text
    client = Client(here, verbose=False)
    (shown, *_), told = client.predict("x", api_name="/generate", model="imagen-4-fast")
    assert told["poll_url"].startswith(f"{here}{API}/jobs/")
    assert shown


@rows(
    ("behind", "said"),
    [
        ({}, "tried through it: page and gradio_client are told the same"),
        ({"strips": False}, "tried through it: page and gradio_client are told the same"),
        ({"passes_host": False}, "proxy_set_header Host"),
        (
            {"says": {"Host": "backend:7860"}},
            "the studio refuses the host that it is asked for. Let the proxy",
        ),
        ({"prefix": "/other"}, "something else answers (HTTP 404)"),
        (None, "the proxy does not reach the studio (HTTP 502)"),
    ],
)
async def test_check_says_what_visitors_are_told(world: World, behind: Any, said: str) -> None:
    world.front.behind = Front.behind if behind is None else replace(world.proxy, **behind)
    first, second = [line async for line in try_out(world.settings)]
    assert first == f"REST, MCP, webhooks and links are told: {world.origin}{PREFIX}"
    assert said in second


async def test_check_where_nobody_answers_or_nothing_is_set() -> None:
    settings = load_settings({"IMAGESTUDIO_PUBLIC_URL": "http://127.0.0.1:9/studio"})
    _, said = [line async for line in try_out(settings)]
    assert said.startswith("http://127.0.0.1:9/studio: no answer (ConnectError). Start studio")
    (unset,) = [line async for line in try_out(load_settings({}))]
    assert unset == "told: taken from each request, as IMAGESTUDIO_PUBLIC_URL is not set"
