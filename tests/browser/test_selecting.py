"""Many pictures at a time: selected, taken in a zip, deleted and brought back, by keys and by thumb."""

import zipfile

import pytest
from playwright.async_api import expect

from imagestudio.ui.locale import DE, EN
from tests.browser.conftest import PHONE, Open
from tests.browser.library_page import make, opened
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS = EN.library
FOUR = ("wader one", "wader two", "wader three", "wader four")


async def test_the_keys_alone_select_delete_and_bring_back(open_page: Open, live: Live) -> None:
    make(live.url, *FOUR, width=256, height=256)
    async with open_page(live.url) as page:
        cells = await opened(page, "?q=wader")
        said = page.locator("#library .said")
        await cells.first.focus()
        await page.keyboard.press("Control+a")
        await expect(said).to_have_text("4 selected")
        await page.keyboard.press("Escape")
        await expect(said).to_have_text("4 pictures")
        await page.keyboard.press("Space")
        await page.keyboard.press("Shift+ArrowRight")
        await page.keyboard.press("Shift+ArrowRight")
        await expect(said).to_have_text("3 selected")
        await page.keyboard.press("Delete")
        await expect(cells).to_have_count(1)
        await expect(cells.first).to_be_focused()
        undo = page.get_by_role("button", name=WORDS["undo"])
        for _ in range(4):
            await page.keyboard.press("Tab")
            if await undo.evaluate("one => one === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        await expect(cells).to_have_count(4)
        assert await cells.locator("img").evaluate_all("all => all.map(one => one.alt)") == list(
            reversed(FOUR)
        )
        await expect(page.locator("#library .cell:focus")).to_have_count(1)
        for one in (1, 3):
            await cells.nth(one).click(modifiers=["Control"])
        await page.keyboard.press("Delete")
        await expect(cells).to_have_count(2)


async def test_a_thumb_selects_takes_a_zip_deletes_and_brings_back(open_page: Open, live: Live) -> None:
    make(live.url, "a godwit", "a knot, godwit", width=256, height=256)
    words = DE.library
    async with open_page(live.url, PHONE, has_touch=True, is_mobile=True, locale="de-DE") as page:
        cells = await opened(page, "?q=godwit")
        await page.get_by_role("button", name=words["select"], exact=True).tap()
        await cells.nth(0).tap()
        await cells.nth(1).tap()
        for name in ("zip", "delete", "select_end"):
            await expect(
                page.locator("#library").get_by_role("button", name=words[name], exact=True)
            ).to_be_in_viewport(ratio=1)
        async with page.expect_download() as download:
            await page.get_by_role("button", name=words["zip"]).tap()
        with zipfile.ZipFile(await (await download.value).path()) as archive:
            assert len(archive.namelist()) == 2
        await page.locator("#library").get_by_role("button", name=words["delete"], exact=True).tap()
        await expect(page.get_by_role("heading", name=words["none_title"])).to_be_visible()
        await page.get_by_role("button", name=words["undo"]).tap()
        for cell in (cells.first, cells.last):
            await expect(cell).to_be_in_viewport()
