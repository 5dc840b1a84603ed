"""Nothing serious that axe-core knows of is wrong with any tab, dialog or state, in either colour and
language, wide and on a phone; nothing is cut off at 320 px, and what is said aloud is said once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect

from imagestudio.server import create_app
from imagestudio.settings import load_settings
from imagestudio.ui.words import DE, EN, Words
from tests.browser.axe import faults
from tests.browser.conftest import PHONE, WIDE, Open, run
from tests.conftest import Live, served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NARROW = {"width": 320, "height": 640}
"""A window of 1280 px at 400 %: WCAG 2.2, 1.4.10."""
WIDER_THAN_THE_PAGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True)
class Reader:
    """Who looks at the page, and how."""

    words: Words
    viewport: Any
    scheme: Any

    @property
    def context(self) -> dict[str, Any]:
        return {
            "viewport": self.viewport,
            "color_scheme": self.scheme,
            "locale": self.words.language,
            "reduced_motion": "reduce",
        }


@pytest.fixture(scope="module")
def still_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo of its own, in which only these tests make pictures."""
    settings = load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("still")})
    with served(lambda: create_app(settings)) as url:
        yield url


async def opened(page: Page, tab: int) -> None:
    """Go to a tab, and wait until it shows what it has."""
    await page.get_by_role("tab").nth(tab).click()
    await expect(page.get_by_role("tabpanel").and_(page.locator(":visible"))).to_be_visible()
    await page.wait_for_load_state("networkidle")


async def all_tabs(page: Page) -> dict[str, list[str]]:
    found = {}
    for tab in range(await page.get_by_role("tab").count()):
        await opened(page, tab)
        found[await page.get_by_role("tab").nth(tab).inner_text()] = await faults(page)
    return found


async def test_a_fault_is_found(open_page: Open, still_url: str) -> None:
    async with open_page(still_url) as page:
        await expect(page.locator("#bar-theme button")).to_be_visible()
        await page.evaluate("document.querySelector('#bar-theme button').removeAttribute('aria-label')")
        await page.evaluate("document.querySelector('#bar-theme button').removeAttribute('title')")
        assert [fault.partition(":")[0] for fault in await faults(page)] == ["button-name"]


async def test_every_tab_empty_and_full_and_its_dialogs(open_page: Open, still_url: str) -> None:
    async with open_page(still_url, **Reader(EN, WIDE, "light").context) as page:
        assert {tab: found for tab, found in (await all_tabs(page)).items() if found} == {}
        await opened(page, 0)
        await run(page, "a lighthouse demo:refuse")
        await expect(page.locator("#generate-status .refusal")).to_be_visible()
        await page.locator("#generate-status summary").click()
        assert await faults(page) == []
        await run(page, "a lighthouse")
        await expect(page.locator("#generate-results .mat.done img")).to_be_visible()
        await page.locator("#generate-details summary").click()
        assert {tab: found for tab, found in (await all_tabs(page)).items() if found} == {}
        await page.locator("#library .cell").first.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        assert await faults(page) == []
        await page.keyboard.press("Escape")
        await page.locator("[data-opens-keys]:visible").first.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await faults(page) == []


@pytest.mark.parametrize("reader", [Reader(EN, WIDE, "dark"), Reader(DE, PHONE, "light")])
async def test_a_live_studio(open_page: Open, live: Live, reader: Reader) -> None:
    async with open_page(live.url, **reader.context) as page:
        assert {tab: found for tab, found in (await all_tabs(page)).items() if found} == {}


async def test_nothing_is_cut_off_in_a_narrow_window(open_page: Open, still_url: str) -> None:
    async with open_page(still_url, NARROW, locale="de") as page:
        for tab in range(await page.get_by_role("tab").count()):
            await opened(page, tab)
            assert await page.evaluate(WIDER_THAN_THE_PAGE) <= 0, tab
            await expect(page.get_by_role("tab").nth(tab)).to_be_in_viewport()
        await page.locator("[data-opens-keys]:visible").first.click()
        dialog = page.get_by_role("dialog")
        assert await dialog.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
