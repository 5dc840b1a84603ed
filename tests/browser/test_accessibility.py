"""Nothing serious that axe-core knows of is wrong with any tab, dialog or state, in either colour, wide and
on a phone; none is in two languages; nothing is cut off, at 320 px neither."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.async_api import Page, ViewportSize, expect

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from imagestudio.ui.locale import DE
from tests.browser.axe import BY_SIGHT, faults
from tests.browser.conftest import PHONE, WIDE, Open
from tests.browser.english import english
from tests.browser.seen import CUT, WIDER_THAN_THE_PAGE, WITHOUT_AN_EDGE, without_focus
from tests.browser.walk import tabs, walk
from tests.conftest import Live, served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SETTLE = """document.getAnimations()
  .filter((one) => one instanceof CSSTransition).forEach((one) => one.finish())"""
"""Colours change in a moment: to their end at once."""
NARROW: ViewportSize = {"width": 320, "height": 640}
"""A window of 1280 px at 400 %: WCAG 2.2, 1.4.10."""


@pytest.fixture(scope="module")
def still_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo of its own, in which only these tests make pictures."""
    settings = load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("still")})
    with served(lambda: create_app(settings)) as url:
        yield url


@pytest.mark.timeout(400)
async def test_every_state_is_for_everybody_and_in_one_language(open_page: Open, still_url: str) -> None:
    """In German, whose words are longer and whose page must have no English; in both shapes and colours."""
    async with open_page(still_url, locale="de", reduced_motion="reduce") as page:
        assert await page.evaluate("document.documentElement.lang") == "de"
        async for state in walk(page, DE):
            assert await faults(page) == [], state
            assert await english(page) == {}, state
            await check_fit(page, state)
            await look(page, "dark", PHONE)
            assert await faults(page, BY_SIGHT) == [], f"{state}, dark on a phone"
            await check_fit(page, f"{state}, on a phone")
            await look(page, "light", WIDE)
        await page.set_viewport_size(NARROW)
        await check_narrow(page)


async def look(page: Page, scheme: Literal["light", "dark"], viewport: ViewportSize) -> None:
    """Another colour and shape, once they are there."""
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.set_viewport_size(viewport)
    is_dark = "dark => document.body.classList.contains('dark') === dark"
    await page.wait_for_function(is_dark, arg=scheme == "dark")
    await page.evaluate(SETTLE)


async def check_fit(page: Page, state: str) -> None:
    """Nothing is cut off, nor wider than the page."""
    assert await page.evaluate(CUT) == [], state
    assert await page.evaluate(WIDER_THAN_THE_PAGE) <= 0, state


async def test_a_live_studio_in_the_dark_and_in_a_systems_own_colours(open_page: Open, live: Live) -> None:
    async with open_page(live.url, color_scheme="dark") as page:
        assert await page.evaluate("document.documentElement.lang") == "en"
        async for tab in tabs(page):
            assert await faults(page) == [], tab
        await page.emulate_media(color_scheme="light", forced_colors="active")
        async for tab in tabs(page):
            assert await page.evaluate(WITHOUT_AN_EDGE) == [], tab
            assert await without_focus(page) == [], tab
        # What finds nothing would find something.
        await page.get_by_role("tab").first.click()
        assert {"tabs.edit", "prompt", "forms.keys"} <= (await english(page)).keys()
        await page.locator("#bar-theme button").evaluate(
            "button => ['aria-label', 'title'].forEach(name => button.removeAttribute(name))"
        )
        assert [fault.partition(":")[0] for fault in await faults(page)] == ["button-name"]


async def check_narrow(page: Page) -> None:
    """Every tab in a narrow window."""
    await expect(page.get_by_role("tab")).to_have_text(list(DE.tabs.values()))
    async for tab in tabs(page):
        await check_fit(page, f"{tab}, narrow")
        await expect(page.get_by_role("tab", selected=True)).to_be_in_viewport(ratio=1)
    await page.locator("[data-opens-keys]:visible").first.click()
    dialog = page.get_by_role("dialog")
    assert await dialog.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
