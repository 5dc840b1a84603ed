"""Comparing in German, and what a blind comparison keeps to itself."""

import re

import pytest
from playwright.async_api import expect

from imagestudio.ui.locale import DE
from tests.browser.compare_page import begin, compare, shown
from tests.browser.conftest import Open
from tests.conftest import HELD, Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS = DE.compare
TELLING = ("flux", "recraft", "black forest", "fal.ai", "$", "visitor/files/")


async def test_why_a_model_sends_something_else_is_said_in_the_pages_language(
    open_page: Open, live: Live
) -> None:
    async with open_page(live.url, locale="de-DE") as page:
        await page.get_by_role("tab", name=DE.tabs["compare"]).click()
        lines = page.locator("#compare .models li")
        await page.get_by_role("combobox", name=WORDS["shape"]).select_option("16:9")
        await page.get_by_role("combobox", name=WORDS["size"]).select_option("2K")
        await page.get_by_role("textbox", name=WORDS["seed"]).fill("7")
        flux = lines.filter(has_text="Flux 2 Pro").locator(".said")
        await expect(flux).to_have_attribute(
            "title",
            "Flux 2 Pro nimmt Breite und Höhe statt einer Form. "
            "Flux 2 Pro nimmt Breite und Höhe statt einer Größenklasse.",
        )
        fast = lines.filter(has_text="Imagen 4 Fast").locator(".said")
        await expect(fast).to_have_attribute(
            "title",
            "Imagen 4 Fast nimmt keine Angabe zu: Größe. Imagen 4 Fast nimmt keine Angabe zu: Startwert.",
        )


async def test_nothing_in_the_page_tells_whose_a_blind_picture_is(open_page: Open, live: Live) -> None:
    live.gate.clear()
    async with open_page(live.url) as page:
        tab = await compare(page)
        async with page.expect_request(re.compile(r"/comparisons/.*\?wait")) as waiting:
            await begin(page, tab, f"a hidden owl, {HELD}", models=("Flux 2 Pro", "Recraft V4"), blind=True)
        address = (await waiting.value).url
        live.gate.set()
        await shown(tab, 2)
        results = tab.locator(".results")
        markup = (await results.evaluate("one => one.outerHTML")).lower()
        assert [word for word in TELLING if word in markup] == []
        pictures = [
            (got := await page.request.get(str(url))).headers["content-type"]
            + got.headers.get("content-disposition", "")
            for url in await results.locator("img").evaluate_all("all => all.map(one => one.src)")
        ]
        assert pictures == ["image/webp", "image/webp"]
        known = await (await page.request.get(address)).text()
        assert [word for word in ("flux", "recraft", "black forest", "fal.ai") if word in known.lower()] == []
        await results.locator("img").first.click()
        large = (await page.get_by_role("dialog").evaluate("one => one.outerHTML")).lower()
        assert [word for word in TELLING if word in large] == []
