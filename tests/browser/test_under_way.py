"""Runs under way: by keyboard alone, said aloud, there again whatever happens to tab, network and studio."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import Open, field, ready, run
from tests.browser.held import Studio, studio
from tests.conftest import HELD

__all__ = ["studio"]

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CUT_OFF = "AbortError|Connection errored out|Failed to fetch|network error|net::ERR_"
"""What Chromium and Gradio's script say of a stream that ends early."""
SOME_SECONDS = re.compile(r"Generating, ([2-9]|\d\d+) s")
"""Whoever looks once a second may miss any one of them."""
PATIENT_MS = 180_000
"""The page looks twice, some seconds apart, before it loads itself anew; a studio that starts again takes up
a run once the lease of the one that was killed is over."""
LISTEN = """() => {
  const place = document.querySelector("#studio-said");
  window.said = [];
  new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true });
}"""


async def by_tab(page: Page, selector: str) -> None:
    """Go on by the Tab key until an element has the focus."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.locator(selector).evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {selector}")


async def test_a_run_is_there_again_in_every_tab_and_by_keyboard_alone(
    open_page: Open, studio: Studio
) -> None:
    async with open_page(studio.url, expected=CUT_OFF) as page:
        await check_keyboard(page, studio)
        later = await check_new_tabs(page, studio)
        await check_two_tabs(later, studio)


async def check_keyboard(page: Page, studio: Studio) -> None:
    """A run by keyboard alone is said once, and stopped."""
    studio.hold()
    await expect(page.locator("#studio-said")).to_be_attached()
    await page.evaluate(LISTEN)
    await by_tab(page, "#generate-prompt textarea")
    await page.keyboard.type(f"a castle, {HELD}")
    await by_tab(page, "#generate-model input")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    await expect(page.locator("#generate-model input")).to_have_value(
        "Flux 1.1 Pro · $0.04 · Black Forest Labs"
    )
    await by_tab(page, "#generate-run")
    await expect(page.locator("#generate-run")).to_have_text("Generate · $0.04")
    await page.keyboard.press("Enter")
    status = page.locator("#generate-status")
    await expect(status).to_contain_text(SOME_SECONDS)
    await expect(page.locator("#generate-results .frame")).to_have_count(1)
    await expect(page.locator("#generate-run")).to_be_disabled()
    await by_tab(page, "#generate-stop")
    await page.keyboard.press("Enter")
    await expect(status).to_contain_text("Stopped. Black Forest Labs can't stop a task.")
    await expect(page.locator("#generate-stop")).to_be_hidden()
    await expect(page.locator("#generate-run")).to_be_focused()
    await expect(page.locator("#studio-said")).to_contain_text("Stopped.")
    said: list[str] = await page.evaluate("said")
    assert len(said) == len(set(said))
    assert EN.stages["generating"] in said
    assert studio.newest()["status"] == "canceled"
    studio.release()


async def check_new_tabs(page: Page, studio: Studio) -> Page:
    """A run is there again after a reload and in a new tab; the last one."""
    studio.hold()
    running = "#generate-results .mat.running"
    await run(page, f"a tower, {HELD}")
    await expect(page.locator(running)).to_be_visible()
    await ready(page, studio.url)
    await expect(page.locator(running)).to_be_visible()
    page = await new_tab(page, studio.url)
    await expect(page.locator(running)).to_be_visible()
    await expect(page.locator("#generate-status")).to_contain_text("Generating")
    page = await new_tab(page, studio.url, meanwhile=studio)
    image = page.locator("#generate-results .mat.done img")
    await expect(image).to_have_attribute("alt", f"a tower, {HELD}")
    # Once seen it is no news: the next tab begins empty.
    page = await new_tab(page, studio.url)
    await expect(page.locator("#generate-results .empty")).to_be_visible()
    return page


async def new_tab(page: Page, url: str, meanwhile: Studio | None = None) -> Page:
    """The browser's only tab in the place of this one; `meanwhile` that studio finishes its run."""
    later = await page.context.new_page()
    await page.close()
    if meanwhile:
        await asyncio.to_thread(meanwhile.finish)
    await ready(later, url)
    return later


async def check_two_tabs(one: Page, studio: Studio) -> None:
    """Two tabs keep their forms and stages."""
    other = await one.context.new_page()
    await ready(other, studio.url)
    await field(one, "generate-width").fill("512")
    await field(other, "generate-prompt").fill("an owl")
    await run(one, "a fox")
    await expect(one.locator("#generate-results .mat.done img")).to_have_attribute("alt", "a fox")
    await expect(other.locator("#generate-results .empty")).to_be_visible()
    await expect(field(other, "generate-prompt")).to_have_value("an owl")
    await expect(field(other, "generate-width")).to_have_value("")
    await run(other, "an owl")
    await expect(other.locator("#generate-results .mat.done img")).to_have_attribute("alt", "an owl")
    await expect(one.locator("#generate-results .mat.done img")).to_have_attribute("alt", "a fox")
    for page in (one, other):
        runs = page.get_by_role("list", name=EN.forms["runs"])
        for prompt in ("a fox", "an owl"):
            name = EN.forms["run_of"].format(prompt=prompt)
            await expect(runs.get_by_role("button", name=name, exact=True)).to_be_visible()


@pytest.mark.timeout(400)
async def test_a_lost_network_and_a_restart_need_no_click(open_page: Open, studio: Studio) -> None:
    async with open_page(studio.url, expected=f"{CUT_OFF}|Failed to load resource") as page:
        image = page.locator("#generate-results .mat.done img")
        studio.hold()
        await run(page, f"a bridge, {HELD}")
        await expect(page.locator("#generate-status")).to_contain_text("Generating")
        await page.context.set_offline(True)
        await asyncio.to_thread(studio.finish)
        await page.context.set_offline(False)
        await expect(image).to_have_attribute("alt", f"a bridge, {HELD}", timeout=PATIENT_MS)

        studio.hold()
        await run(page, f"a harbour, {HELD}")
        await expect(page.locator("#generate-status")).to_contain_text("Generating")
        await asyncio.to_thread(studio.process.kill)
        await asyncio.to_thread(studio.process.start)
        studio.release()
        await expect(image).to_have_attribute("alt", f"a harbour, {HELD}", timeout=PATIENT_MS)
        assert await image.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1024
        runs = page.get_by_role("list", name=EN.forms["runs"])
        for prompt in ("a bridge", "a harbour"):
            name = EN.forms["run_of"].format(prompt=f"{prompt}, {HELD}")
            await expect(runs.get_by_role("button", name=name)).to_be_visible()
