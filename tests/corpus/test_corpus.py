"""Some of the generated pictures, by every entrance, against what a real browser shows of them."""

from pathlib import Path

import pytest
from gradio_client import Client
from playwright.async_api import Browser

from tests.browser.conftest import browser
from tests.corpus.entrances import entrances
from tests.corpus.pictures import COUNT, SEED, corpus
from tests.corpus.seen import look
from tests.corpus.verdict import wrong
from tests.net.streets import Host

__all__ = ["browser"]

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_what_a_browser_shows_is_taken_and_every_refusal_is_true(
    place: tuple[str, Host], browser: Browser, tmp_path: Path
) -> None:
    url, site = place
    client = Client(url, download_files=tmp_path, verbose=False, analytics_enabled=False)
    specimens = [*corpus(COUNT, SEED)]
    seen = await look(browser, specimens)
    found: list[str] = []
    async with entrances(url, site, client, tmp_path) as ways:
        for each in specimens:
            said = {name: await bring(each.data) for name, bring in ways.items()}
            found += [f"{each.name}: {line}" for line in wrong(each.name, each.data, seen[each.name], said)]
    assert not found, "\n".join(found)
