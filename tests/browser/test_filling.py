"""What fills the forms: examples, earlier prompts, tools, a picture to edit; and what a reload keeps."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import PHONE, Open, choose, field, labels, ready, run
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS = EN.forms


async def let_on(route: Route, held: asyncio.Event) -> None:
    """Answer a request once that is set."""
    await held.wait()
    await route.continue_()


async def test_examples_tools_and_arrows_fill_the_form_and_a_reload_keeps_it(
    open_page: Open, live: Live
) -> None:
    async with open_page(live.url) as page:
        prompt, shape = field(page, "generate-prompt"), page.get_by_label(f"{EN.shapes['3:4']} 3:4")
        # What is typed before the studio has said who the visitor is stays.
        said = asyncio.Event()
        await page.route("**/visitor", lambda route: let_on(route, said))
        await page.evaluate("sessionStorage.clear()")
        await page.goto(live.url)
        await prompt.fill("typed early")
        said.set()
        await expect(page.locator("#generate-note .price")).to_be_visible()
        await expect(prompt).to_have_value("typed early")
        await page.get_by_role("button", name=WORDS["example_poster"]).click()
        await expect(prompt).to_have_value(WORDS["example_poster"])
        await expect(page.locator("#generate-model input")).to_have_value("Ideogram V3 · $0.06 · fal.ai")
        await expect(shape).to_be_checked()
        await prompt.fill("a poster of my own")
        # What is pressed before all of the page's parts are there is done once they are, and once only.
        held = asyncio.Event()
        await page.route("**/survive.js", lambda route: let_on(route, held))
        await ready(page, live.url)
        await expect(prompt).to_have_value("a poster of my own")
        await expect(shape).to_be_checked()
        await choose(page, "generate", labels("generate")["flux-2-pro"])
        width, height, seed = (field(page, f"generate-{name}") for name in ("width", "height", "seed"))
        await expect(page.locator("[data-tool='keep']").first).to_have_attribute("aria-pressed", "false")
        await width.fill("512")
        await page.get_by_role("button", name=WORDS["swap"]).first.click()
        async with page.expect_request("**/compare.js"):
            held.set()
        await expect(width).to_have_value("1024")
        await expect(height).to_have_value("512")
        await page.get_by_role("button", name=WORDS["dice"]).first.click()
        await expect(seed).not_to_have_value("")
        drawn = await seed.input_value()
        await run(page, "a fox")
        await expect(page.locator("#generate-results img")).to_be_visible()
        await seed.fill("")
        keep = page.get_by_role("button", name=WORDS["keep"]).first
        await keep.click()
        await expect(keep).to_have_attribute("aria-pressed", "true")
        await expect(seed).to_have_value(drawn)
        await run(page, "an owl at night")
        await expect(page.locator("#generate-results img[alt='an owl at night']")).to_be_visible()
        await prompt.fill("")
        steps = (("ArrowUp", "an owl at night"), ("ArrowUp", "a fox"), ("ArrowDown", "an owl at night"))
        for key, value in (*steps, ("ArrowDown", "")):
            await page.keyboard.press(key)
            await expect(prompt).to_have_value(value)
        await prompt.fill("typed by hand")
        await page.keyboard.press("ArrowUp")
        await expect(prompt).to_have_value("typed by hand")
        runs = page.get_by_role("list", name=WORDS["runs"])
        await runs.get_by_role("button", name=WORDS["run_of"].format(prompt="a fox")).first.click()
        await expect(page.locator("#generate-results img[alt='a fox']")).to_be_visible()


async def test_a_picture_is_edited_compared_and_branched_from_on_a_phone(
    open_page: Open, demo_url: str
) -> None:
    async with open_page(demo_url, PHONE) as page:
        await run(page, "a lake at dusk")
        await page.locator("#generate-results").get_by_role("button", name=WORDS["edit_this"]).click()
        await expect(page.locator("#edit-source img")).to_be_visible()
        await expect(page.locator("#edit-image")).to_be_hidden()
        await run(page, "make it winter", "edit")
        slider = page.get_by_role("slider", name=WORDS["before_after"])
        await expect(slider).to_be_visible()
        await slider.focus()
        await page.keyboard.press("Home")
        await expect(page.locator(".before-after")).to_have_attribute("style", "--at: 0%;")
        tree = page.get_by_role("region", name=WORDS["tree"])
        await expect(tree.get_by_role("listitem")).to_have_count(2)
        await tree.get_by_role("button", name=WORDS["tree_from"].format(prompt="a lake at dusk")).click()
        await run(page, "make it spring", "edit")
        await expect(page.locator("#edit-results img[alt='make it spring']")).to_be_visible()
        await expect(tree.get_by_role("listitem")).to_have_count(3)
