"""The limit on requests as gradio_client, agents and the page meet it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from tests.api.conftest import API
from tests.conftest import served
from tests.pressed import Tab
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


def test_a_run_on_the_page_counts_and_is_refused_in_its_status(url: str) -> None:
    refusal = "This studio takes 6 requests a minute from you."
    with httpx.Client(base_url=url, timeout=60) as browser:
        browser.get("/").raise_for_status()
        tab = Tab(browser, "generate")
        press = tab.press_of("run")
        told = [tab.told(press, tab.values(press, "a fox"), f"abcdefgh{number}") for number in range(7)]
    assert [refusal in str(one) for one in told] == [False] * 6 + [True]
