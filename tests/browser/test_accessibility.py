"""Nothing serious that axe-core knows of is wrong with any tab, dialog or state, in either colour and
language, wide and on a phone; none is in two languages; nothing is cut off, at 320 px neither."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import expect

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from imagestudio.ui.locale import DE, EN, Texts
from tests.browser.axe import faults
from tests.browser.conftest import PHONE, WIDE, Open
from tests.browser.english import english
from tests.browser.seen import CUT, WIDER_THAN_THE_PAGE, WITHOUT_AN_EDGE, without_focus
from tests.browser.walk import tabs, walk
from tests.conftest import Live, served
from tests.tables import rows

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NARROW = {"width": 320, "height": 640}
"""A window of 1280 px at 400 %: WCAG 2.2, 1.4.10."""


@dataclass(frozen=True)
class Reader:
    """Who looks at the page, and how."""

    words: Texts
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


@pytest.mark.timeout(400)
@rows("reader", [Reader(EN, WIDE, "light"), Reader(DE, PHONE, "dark")])
async def test_every_state_is_for_everybody_and_in_one_language(
    open_page: Open, still_url: str, reader: Reader
) -> None:
    async with open_page(still_url, **reader.context) as page:
        assert await page.evaluate("document.documentElement.lang") == reader.words.language
        async for state in walk(page, reader.words):
            assert await faults(page) == [], state
            assert await page.evaluate(CUT) == [], state
            assert await page.evaluate(WIDER_THAN_THE_PAGE) <= 0, state
            if reader.words is DE:
                assert await english(page) == {}, state
        # What finds nothing would find something.
        await page.get_by_role("tab").first.click()
        if reader.words is EN:
            assert {"tabs.edit", "prompt", "forms.keys", "demo"} <= (await english(page)).keys()
        await page.locator("#bar-theme button").evaluate(
            "button => ['aria-label', 'title'].forEach(name => button.removeAttribute(name))"
        )
        assert [fault.partition(":")[0] for fault in await faults(page)] == ["button-name"]


async def test_a_live_studio_in_either_colour_and_in_a_systems_own(open_page: Open, live: Live) -> None:
    async with open_page(live.url, color_scheme="dark") as page:
        async for tab in tabs(page):
            assert await faults(page) == [], tab
        await page.emulate_media(color_scheme="light", forced_colors="active")
        async for tab in tabs(page):
            assert await page.evaluate(WITHOUT_AN_EDGE) == [], tab
            assert await without_focus(page) == [], tab
        await page.emulate_media(forced_colors="none")
        await page.set_viewport_size(PHONE)
        async for tab in tabs(page):
            assert await faults(page) == [], tab


async def test_nothing_is_cut_off_in_a_narrow_window(open_page: Open, still_url: str) -> None:
    async with open_page(still_url, NARROW, locale="de") as page:
        await expect(page.get_by_role("tab")).to_have_text(list(DE.tabs.values()))
        async for tab in tabs(page):
            assert await page.evaluate(WIDER_THAN_THE_PAGE) <= 0, tab
            assert await page.evaluate(CUT) == [], tab
            await expect(page.get_by_role("tab", selected=True)).to_be_in_viewport(ratio=1)
        await page.locator("[data-opens-keys]:visible").first.click()
        dialog = page.get_by_role("dialog")
        assert await dialog.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
