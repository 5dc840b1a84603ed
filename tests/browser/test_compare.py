"""The Compare tab in the browser: side by side, blind with a vote and a ranking, reloaded, on a phone."""

import csv
import io
import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from imagestudio.catalog import MODELS
from imagestudio.ui.locale import DE
from tests.browser.compare_page import TWO, begin, compare, shown
from tests.browser.conftest import PHONE, PLACE, Open, field, ready
from tests.conftest import HELD, Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


WHY = {
    "Flux 2 Pro": "Flux 2 Pro nimmt Breite und Höhe statt einer Form. "
    "Flux 2 Pro nimmt Breite und Höhe statt einer Größenklasse.",
    "Imagen 4 Fast": "Imagen 4 Fast nimmt keine Angabe zu: Größe. "
    "Imagen 4 Fast nimmt keine Angabe zu: Startwert.",
}
MAKERS = ("flux", "stable", "black forest", "stability", "fal.ai")
TELLING = (*MAKERS, "$", "visitor/files/")


def votes(url: str) -> int:
    """How many there are in the ranking."""
    ranking: dict[str, int] = httpx.get(f"{url}/visitor/comparisons/ranking").json()["data"]
    return ranking["votes"]


async def test_a_refusal_keeps_the_form_and_the_example_shows_four_models(
    open_page: Open, live: Live
) -> None:
    async with open_page(live.url, expected="400") as page:
        tab = await compare(page)
        run = tab.locator("#compare-run")
        await expect(run).to_have_text("Choose two models")
        await expect(run).to_be_disabled()
        # A refusal stands where the hand is.
        for name in TWO:
            await tab.get_by_role("checkbox", name=name, exact=True).check()
        await run.click()
        await expect(tab.locator(".asking").get_by_role("alert")).to_have_text(
            "Write a prompt: what should the picture show?"
        )
        await expect(tab.get_by_role("textbox", name="Prompt")).to_be_focused()
        await expect(tab.get_by_role("checkbox", checked=True)).to_have_count(2)
        await tab.get_by_role("button", name="Try this with four models").click()
        await expect(run).to_have_text("Compare 4 models · $0.1372")
        await tab.get_by_role("combobox", name="Shape").select_option("16:9")
        await tab.get_by_role("textbox", name="Seed").fill("7")
        flux = tab.locator(".models li", has_text="Flux 2 Pro")
        await expect(flux).to_contain_text("Black Forest Labs · Sends 1280 × 720")
        await expect(tab.locator(".models li", has_text="Recraft V4")).to_contain_text("no seed")
        await run.dblclick()
        await shown(tab, 4)
        cards = tab.locator(".card")
        await expect(cards.nth(2)).to_contain_text("Flux 2 Pro")
        await expect(cards.nth(2)).to_contain_text("$0.03 · 1280 × 720")
        assert len({(await card.evaluate(PLACE))[1] for card in await cards.all()}) <= 2
        assert len(live.submits) == 4

        await cards.nth(0).locator(".frame").click()
        large = page.get_by_role("dialog")
        await expect(large).to_contain_text("1 · Imagen 4")
        await page.keyboard.press("ArrowRight")
        await expect(large).to_contain_text("2 · Imagen 4 Fast")
        await page.keyboard.press("Escape")
        await expect(cards.nth(1).locator(".frame")).to_be_focused()
        await cards.nth(2).get_by_role("button", name="Use these settings").click()
        await expect(field(page, "generate-prompt")).to_have_value(
            "A lighthouse in a storm, seen from the sea, oil painting"
        )


async def test_a_blind_comparison_tells_nothing_until_a_vote_counts(
    open_page: Open, live: Live, tmp_path: Path
) -> None:
    live.gate.clear()
    async with open_page(live.url) as page:
        before = votes(live.url)
        tab = await compare(page)
        async with page.expect_request(re.compile(r"/comparisons/.*\?wait")) as waiting:
            await begin(page, tab, f"a blind owl, {HELD}", blind=True)
        live.gate.set()
        await shown(tab, 2)
        await check_silence(page, tab, (await waiting.value).url)
        await tab.locator("h3").first.click()  # out of the prompt, where a 2 is a 2
        await page.evaluate("document.activeElement.blur()")
        await page.keyboard.press("2")
        vote = tab.get_by_role("group", name="Which one is best?")
        await expect(vote.get_by_role("button", pressed=True)).to_have_text("2")
        for name in TWO:
            await expect(tab.locator(".results")).to_contain_text(name)
        winner = (await tab.locator(".card.won h3 > :last-child").inner_text()).strip()
        await expect(vote).to_contain_text(f"You chose 2 · {winner}.")
        rows = tab.locator(".ranking tbody tr")
        await expect(rows.filter(has_text=winner)).to_contain_text(str(before + 1))
        await expect(tab.locator(".ranking")).to_contain_text("so far")

        async with page.expect_download() as downloading:
            await tab.get_by_role("link", name="Download CSV").click()
        kept = tmp_path / "ranking.csv"
        await (await downloading.value).save_as(kept)
        table = list(csv.DictReader(io.StringIO(kept.read_text())))
        assert winner in {MODELS[row["model"]].name for row in table if int(row["wins"])}

        await vote.get_by_role("button", name="None is better").click()
        await expect(vote).to_contain_text("You preferred none.")
        assert votes(live.url) == before + 1

        # A reload in mid-run brings it back.
        prompt = f"a fox that takes its time, {HELD}"
        live.gate.clear()
        await begin(page, tab, prompt)
        await expect(tab.locator(".working").first).to_contain_text("Generating")
        await ready(page, live.url)
        tab = await compare(page)
        await expect(tab.locator(".above .prompt")).to_have_text(prompt)
        await expect(tab.locator(".working").first).to_contain_text("Generating")
        await expect(tab.get_by_role("textbox", name="Prompt")).to_have_value(prompt)
        await expect(tab.get_by_role("checkbox", checked=True)).to_have_count(2)
        await tab.get_by_role("button", name="Stop").click()
        await expect(tab.locator(".working", has_text="Stopped.")).to_have_count(2)
        await expect(tab.get_by_role("button", name="Stop")).to_be_hidden()


async def check_silence(page: Page, tab: Locator, address: str) -> None:
    """Nothing in the page or behind it tells whose a blind picture is."""
    results = tab.locator(".results")
    markup = (await results.evaluate("one => one.outerHTML")).lower()
    assert [word for word in TELLING if word in markup] == []
    pictures = [
        (got := await page.request.get(str(url))).headers["content-type"]
        + got.headers.get("content-disposition", "")
        for url in await results.locator("img").evaluate_all("all => all.map(one => one.src)")
    ]
    assert pictures == ["image/webp", "image/webp"]
    known = (await (await page.request.get(address)).text()).lower()
    assert [word for word in MAKERS if word in known] == []
    await results.locator("img").first.click()
    dialog = page.get_by_role("dialog")
    large = (await dialog.evaluate("one => one.outerHTML")).lower()
    assert [word for word in TELLING if word in large] == []
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_on_a_phone_in_german_one_picture_a_screen_with_the_vote_below_the_thumb(
    open_page: Open, live: Live
) -> None:
    words = DE.compare
    async with open_page(live.url, PHONE, has_touch=True, is_mobile=True, locale="de-DE") as page:
        tab = await compare(page, DE)
        # Why a model sends something else is said in the page's language.
        await tab.get_by_role("combobox", name=words["shape"]).select_option("16:9")
        await tab.get_by_role("combobox", name=words["size"]).select_option("2K")
        await tab.get_by_role("textbox", name=words["seed"]).fill("7")
        for name, why in WHY.items():
            said = tab.locator(".models li", has_text=name).locator(".said")
            await expect(said.first).to_have_attribute("title", why)

        await begin(page, tab, "a small fox", words=DE)
        await page.evaluate("scrollTo(0, 0)")
        await shown(tab, 2)
        assert (await tab.locator(".card").first.evaluate(PLACE))[2] == 358
        one, other = (words["page"].format(number=number, count=2) for number in (1, 2))
        await expect(tab.locator(".pager")).to_contain_text(one)
        await tab.get_by_role("button", name=words["next"]).tap()
        await expect(tab.locator(".pager")).to_contain_text(other)
        two = tab.get_by_role("button", name=re.compile(r"2, Stable Diffusion 3\.5$"))
        await expect(two).to_be_in_viewport()
        _, top, _, height = await two.evaluate(PLACE)
        assert top > PHONE["height"] / 2
        assert height >= 44
        await two.tap()
        await expect(two).to_have_attribute("aria-pressed", "true")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
