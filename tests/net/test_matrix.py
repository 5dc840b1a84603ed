"""Whatever a caller names as a picture or a webhook, nothing of this network is touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from imagestudio.core.settings import load_settings
from imagestudio.net import Fetcher
from imagestudio.server.create import create_app
from imagestudio.server.wiring import open_host
from tests.conftest import served
from tests.net.conftest import Names
from tests.net.streets import SPINS, Host, Streets, running
from tests.net.tricks import LINKS, NAMES, PUBLIC, SPLIT
from tests.tables import rows

if TYPE_CHECKING:
    from gradio_client import Client


@dataclass(frozen=True)
class Town:
    """A studio, the site that its callers name, and a canary at every address they must not reach."""

    api: httpx.Client
    site: Host
    canary: Host
    names: Names

    def edit(self, **fields: Any) -> httpx.Response:
        return self.api.post("/edit", json={"prompt": "winter", "dry_run": True, **fields})

    def generate(self, **fields: Any) -> httpx.Response:
        return self.api.post("/generate", json={"prompt": "a fox", **fields})


@contextmanager
def built(data: Path, *, with_page: bool) -> Iterator[Town]:
    with running(Host()) as site, running(Host()) as canary:
        names = Names()
        names.answers = {name: [addresses] for name, addresses in NAMES.items()}
        fetcher = Fetcher(resolver=names, dialer=Streets(site, canary))
        settings = load_settings({"IMAGESTUDIO_DATA_DIR": data})
        opening = partial(open_host, fetcher=fetcher)
        with (
            served(lambda: create_app(settings, with_page=with_page, opening=opening)) as url,
            httpx.Client(base_url=f"{url}/api/v1/image", timeout=30) as api,
        ):
            yield Town(api, site, canary, names)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with built(tmp_path_factory.mktemp("town"), with_page=False) as town:
        yield town


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with built(tmp_path_factory.mktemp("paged"), with_page=True) as town:
        yield town


@pytest.fixture(scope="module")
def client(paged: Town) -> "Client":
    from gradio_client import Client

    return Client(str(paged.api.base_url.copy_with(path="/")), verbose=False, analytics_enabled=False)


def refused(answer: httpx.Response, code: str, field: str) -> None:
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["field"]) == (400, code, field)


def test_a_public_link_is_opened(town: Town) -> None:
    visits = town.site.visits
    assert town.edit(image_url="http://pictures.example/a.png").status_code == 200
    assert town.edit(image_url=town.site.to("http://pictures.example/b.png")).status_code == 200
    assert town.site.visits == visits + 3
    assert town.canary.visits == 0


@rows("link", [link for link in [*LINKS, *SPLIT] if link.strip()])
def test_no_picture_is_fetched_from_it(town: Town, link: str) -> None:
    visits = town.site.visits
    refused(town.edit(image_url=link), "INVALID_IMAGE", "image_url")
    assert (town.site.visits, town.canary.visits) == (visits, 0)


@rows("link", LINKS)
def test_no_redirect_leads_to_it(town: Town, link: str) -> None:
    visits = town.site.visits
    refused(town.edit(image_url=town.site.to(link)), "INVALID_IMAGE", "image_url")
    assert (town.site.visits, town.canary.visits) == (visits + 1, 0)


@rows("link", [link for link in [*LINKS, *SPLIT] if link])
def test_no_webhook_is_sent_to_it(town: Town, link: str) -> None:
    visits = town.site.visits
    refused(town.generate(webhook_url=link), "INVALID_PARAMETER", "webhook_url")
    assert (town.site.visits, town.canary.visits) == (visits, 0)


def test_redirects_have_an_end(town: Town) -> None:
    visits = town.site.visits
    refused(town.edit(image_url=SPINS), "INVALID_IMAGE", "image_url")
    assert town.site.visits == visits + 6


def test_a_name_that_changes_its_answer_is_looked_up_once_a_connection(town: Town) -> None:
    town.names.answers["turning.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert town.edit(image_url="http://turning.example/a.png").status_code == 200
    refused(town.edit(image_url="http://turning.example/a.png"), "INVALID_IMAGE", "image_url")
    assert town.canary.visits == 0


def test_a_name_that_changes_its_answer_during_a_redirect_leads_nowhere(town: Town) -> None:
    town.names.answers["turning.example"] = [[PUBLIC], ["127.0.0.1"]]
    back = town.site.to("http://turning.example/a.png").replace("pictures.example", "turning.example")
    visits = town.site.visits
    refused(town.edit(image_url=back), "INVALID_IMAGE", "image_url")
    assert (town.site.visits, town.canary.visits) == (visits + 1, 0)


def test_a_name_that_changes_its_answer_before_a_delivery_gets_none(town: Town) -> None:
    town.names.answers["turning.example"] = [[PUBLIC], ["127.0.0.1"]]
    visits = town.site.visits
    job = town.generate(webhook_url="http://turning.example/hook").json()["data"]
    while not job["webhook"]["last_error"]:
        job = town.api.get(f"/jobs/{job['id']}").json()["data"]
    assert job["webhook"]["last_error"].startswith(
        "turning.example is unknown, or not on the public internet."
    )
    assert (town.site.visits, town.canary.visits) == (visits, 0)


BY_GRADIO = [("/edit", "image_url", link) for link in [*LINKS, *SPLIT] if link.strip()]
BY_GRADIO += [("/edit", "image", link) for link in LINKS[::8]]
BY_GRADIO += [("/generate", "webhook_url", link) for link in LINKS[::2]]
CODES = {"/edit": "INVALID_IMAGE", "/generate": "INVALID_PARAMETER"}


@pytest.mark.slow
@rows(("endpoint", "field", "link"), BY_GRADIO)
def test_gradios_api_sends_nothing_to_it(
    paged: Town, client: "Client", endpoint: str, field: str, link: str
) -> None:
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError, match=f"^{CODES[endpoint]}: "):
        client.predict(prompt="winter", **{field: link}, api_name=endpoint)
    assert (paged.site.visits, paged.canary.visits) == (0, 0)
