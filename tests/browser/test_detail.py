"""A picture's page in the library: what is told of it, and what can be done with it."""

import pytest
from playwright.async_api import expect

from imagestudio.ui.words import DE, EN
from tests.browser.conftest import Open
from tests.browser.library_page import make, opened
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS = EN.library


async def test_what_a_download_loses_is_said_beside_it(open_page: Open, live: Live) -> None:
    make(live.url, "a drawing to lose", model="recraft-v4", vector=True)
    async with open_page(live.url, locale="de-DE") as page:
        await (await opened(page, "?q=lose")).first.click()
        losses = page.locator("dialog.detail .losses")
        format = page.get_by_label(DE.library["format"])
        await format.select_option("jpeg")
        await expect(losses).to_have_text(DE.library["loss_transparency"])
        await format.select_option("webp")
        await expect(losses).to_be_empty()
        await format.select_option("original")
        await page.get_by_label(DE.library["recipe"], exact=True).check()
        await expect(losses).to_have_text(DE.library["loss_recipe_beside"])
