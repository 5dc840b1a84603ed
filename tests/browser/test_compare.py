"""The Compare tab in the browser: side by side, blind with a vote and a ranking, reloaded, on a phone."""

import csv
import io
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from imagestudio.catalog import MODELS
from tests.browser.compare_page import TWO, begin, compare, shown
from tests.browser.conftest import PHONE, PLACE, Open, field, ready
from tests.conftest import HELD, Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def votes(url: str) -> int:
    """How many there are in the ranking."""
    ranking: dict[str, int] = httpx.get(f"{url}/visitor/comparisons/ranking").json()["data"]
    return ranking["votes"]


async def test_the_example_shows_four_models_side_by_side(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        tab = await compare(page)
        run = tab.locator("#compare-run")
        await expect(run).to_have_text("Choose two models")
        await expect(run).to_be_disabled()
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


async def test_a_blind_vote_tells_the_names_and_counts(open_page: Open, live: Live, tmp_path: Path) -> None:
    async with open_page(live.url) as page:
        before = votes(live.url)
        tab = await compare(page)
        await begin(page, tab, "a blind fox", blind=True)
        await shown(tab, 2)
        for name in TWO:
            await expect(tab.locator(".results")).not_to_contain_text(name)
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


async def test_a_reload_in_mid_run_brings_it_back(open_page: Open, live: Live) -> None:
    prompt = f"a fox that takes its time, {HELD}"
    live.gate.clear()
    async with open_page(live.url) as page:
        tab = await compare(page)
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


async def test_a_phone_shows_one_picture_a_screen_with_the_vote_below_the_thumb(
    open_page: Open, live: Live
) -> None:
    async with open_page(live.url, PHONE, has_touch=True, is_mobile=True) as page:
        tab = await compare(page)
        await begin(page, tab, "a small fox")
        await page.evaluate("scrollTo(0, 0)")
        await shown(tab, 2)
        assert (await tab.locator(".card").first.evaluate(PLACE))[2] == 358
        await expect(tab.locator(".pager")).to_contain_text("1 of 2")
        await tab.get_by_role("button", name="Next picture").tap()
        await expect(tab.locator(".pager")).to_contain_text("2 of 2")
        two = tab.get_by_role("button", name="Picture 2, Stable Diffusion 3.5", exact=True)
        await expect(two).to_be_in_viewport()
        _, top, _, height = await two.evaluate(PLACE)
        assert top > PHONE["height"] / 2
        assert height >= 44
        await two.tap()
        await expect(two).to_have_attribute("aria-pressed", "true")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


async def test_a_refusal_stands_where_the_hand_is_and_keeps_the_form(open_page: Open, demo_url: str) -> None:
    async with open_page(demo_url, expected="400") as page:
        tab = await compare(page)
        for name in TWO:
            await tab.get_by_role("checkbox", name=name, exact=True).check()
        await tab.locator("#compare-run").click()
        await expect(tab.locator(".asking").get_by_role("alert")).to_have_text(
            "Write a prompt: what should the picture show?"
        )
        await expect(tab.get_by_role("textbox", name="Prompt")).to_be_focused()
