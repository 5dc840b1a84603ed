"""In the sandbox the page says that it is a demo, wherever one is on it, and how to go live."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import expect

from imagestudio.core.settings import load_settings
from imagestudio.providers import PROVIDERS
from imagestudio.server.create import create_app
from imagestudio.ui.locale import EN
from tests.browser.conftest import PHONE, WIDE, Open, newest, run
from tests.conftest import KEYS, Live, served
from tests.tables import rows

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture(scope="module")
def forced_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio with keys that is told to stay in the sandbox."""
    data = tmp_path_factory.mktemp("forced")
    settings = load_settings({**KEYS, "IMAGESTUDIO_SANDBOX": "on", "IMAGESTUDIO_DATA_DIR": data})
    with served(lambda: create_app(settings)) as url:
        yield url


@rows("viewport", [WIDE, PHONE])
async def test_the_demo_says_so_on_every_tab(open_page: Open, demo_url: str, viewport: Any) -> None:
    async with open_page(demo_url, viewport) as page:
        banner = page.get_by_role("note").filter(has_text=EN.demo)
        for tab in (EN.tabs["edit"], EN.tabs["generate"]):
            await page.get_by_role("tab", name=tab).click()
            await expect(banner).to_be_in_viewport(ratio=1)
        await expect(banner).to_contain_text(EN.go_live)
        await expect(banner.get_by_role("button", name=EN.forms["add_key"])).to_be_visible()
        for kind in PROVIDERS.values():
            # On a phone they are in the dialog that the button opens.
            link = banner.get_by_role("link", name=kind.title, exact=True, include_hidden=viewport == PHONE)
            await expect(link).to_have_attribute("href", kind.key_page)
        await expect(page.locator("#generate-spent")).to_be_hidden()
        await expect(page.locator("#generate-note")).to_contain_text("free in the demo")
        await expect(page.locator("#generate-run")).to_have_text("Generate · free demo")
        await run(page, "a lighthouse")
        await expect(page.locator("#generate-results img")).to_be_visible()
        await expect(banner).to_be_visible()
        await expect(page.locator("#generate-line")).to_contain_text("demo, nothing charged")
        await expect(page.locator("#generate-line .warnings")).to_contain_text("Demo: ")
    assert newest(demo_url)["demo"] is True


async def test_a_demo_that_is_forced_names_its_switch(open_page: Open, forced_url: str) -> None:
    async with open_page(forced_url) as page:
        banner = page.get_by_role("note").filter(has_text=EN.demo)
        await expect(banner).to_contain_text(EN.go_live_forced)


async def test_a_live_studio_has_no_such_banner(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        await expect(page.locator("#generate-run")).to_contain_text("$0.03")
        await expect(page.get_by_role("note").filter(has_text=EN.demo)).to_have_count(0)
