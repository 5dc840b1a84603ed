"""A studio whose `pictures.example` is a site of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from imagestudio.core.settings import load_settings
from imagestudio.net import Fetcher
from imagestudio.server.create import create_app
from imagestudio.server.wiring import open_host
from tests.conftest import served
from tests.net.conftest import Names
from tests.net.streets import Host, Streets, running
from tests.net.tricks import NAMES


@contextmanager
def studio_and_site(data: Path) -> Iterator[tuple[str, Host]]:
    """The studio's address, and the site."""
    with running(Host()) as site, running(Host()) as canary:
        names = Names()
        names.answers = {name: [addresses] for name, addresses in NAMES.items()}
        opening = partial(open_host, fetcher=Fetcher(resolver=names, dialer=Streets(site, canary)))
        settings = load_settings({"IMAGESTUDIO_DATA_DIR": data})
        with served(lambda: create_app(settings, opening=opening)) as url:
            yield url, site


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Host]]:
    with studio_and_site(tmp_path_factory.mktemp("corpus")) as place:
        yield place
