"""The limit on requests as gradio_client, agents and the page meet it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from tests.api.conftest import API
from tests.conftest import served
from tests.ui.conftest import texts

pytestmark = pytest.mark.slow

ANN, BOB = {"X-API-Key": "the-long-key-of-ann"}, {"X-API-Key": "the-long-key-of-bob"}
REFUSED = "RATE_LIMIT_EXCEEDED: This studio takes 6 requests a minute from you."


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = load_settings(
        {
            "IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("limited"),
            "IMAGESTUDIO_API_KEYS": ",".join(who["X-API-Key"] for who in (ANN, BOB)),
            "IMAGESTUDIO_REQUESTS_PER_MINUTE": 6,
        }
    )
    with served(lambda: create_app(settings)) as url:
        yield url


def use_up(url: str, who: dict[str, str]) -> None:
    while httpx.get(f"{url}{API}/models", headers=who).status_code == 200:
        continue


def test_gradio_client_is_told_by_the_code(url: str, tmp_path: Path) -> None:
    client = Client(url, headers=ANN, verbose=False, analytics_enabled=False, download_files=tmp_path)
    assert len(client.predict(api_name="/models")) == 14
    left = httpx.get(f"{url}{API}/models", headers=ANN).headers["x-ratelimit-remaining"]
    assert left == "4", "looking at the page's configuration costs nothing, and a call costs one"
    use_up(url, ANN)
    with pytest.raises(Exception, match=f"^{REFUSED}"):
        client.predict(prompt="x", api_name="/generate")


async def test_an_agent_is_told_by_the_code(url: str) -> None:
    use_up(url, BOB)
    async with (
        httpx.AsyncClient(headers=BOB) as web,
        streamable_http_client(f"{url}/gradio_api/mcp/", http_client=web) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        refused = await session.call_tool("generate_image", {"prompt": "x"})
    assert refused.isError
    assert REFUSED in texts(refused)[0]


def page(url: str) -> tuple[httpx.Client, dict[str, Any]]:
    """A browser's visit, and what the page's Generate button sends."""
    browser = httpx.Client(base_url=url, timeout=60)
    browser.get("/")
    config = browser.get("/config").json()
    ids = {component["id"]: component["props"].get("elem_id") for component in config["components"]}
    (event,) = [
        dependency
        for dependency in config["dependencies"]
        if any(
            ids.get(target) == "generate-run" and name == "click" for target, name in dependency["targets"]
        )
        and dependency["backend_fn"]
    ]
    values = [
        "a fox" if ids[number] == "generate-prompt" else config_value(config, number)
        for number in event["inputs"]
    ]
    return browser, {"fn_index": event["id"], "data": values, "session_hash": "abcdefgh123"}


def config_value(config: dict[str, Any], number: int) -> Any:
    (value,) = [
        component["props"].get("value") for component in config["components"] if component["id"] == number
    ]
    return value


def shown(browser: httpx.Client, event: dict[str, Any]) -> str:
    """All that the page is told of one run."""
    joined = browser.post("/gradio_api/queue/join", json=event)
    assert joined.status_code == 200, joined.text
    told = ""
    with browser.stream(
        "GET", "/gradio_api/queue/data", params={"session_hash": event["session_hash"]}
    ) as answer:
        for line in answer.iter_lines():
            told += line
            if '"process_completed"' in line:
                break
    return told


def test_a_run_on_the_page_counts_and_is_refused_in_its_status(url: str) -> None:
    browser, event = page(url)
    told = [shown(browser, {**event, "session_hash": f"abcdefgh{number}"}) for number in range(7)]
    assert ["This studio takes 6 requests a minute from you." in text for text in told] == [False] * 6 + [
        True
    ]
    browser.close()
