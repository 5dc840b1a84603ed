"""Every tab, dialog and state of the page, one after the other."""

from collections.abc import AsyncIterator

from playwright.async_api import Page, expect

from imagestudio.ui.locale import Texts
from tests.browser.conftest import run


async def walk(page: Page, words: Texts) -> AsyncIterator[str]:
    """Go through a demo's page from the beginning; wherever something else is shown, its name."""
    async for tab in tabs(page):
        yield f"{tab}, empty"
    await tab_of(page, words, "generate")
    async for state in _runs(page):
        yield state
    async for state in _edit(page, words):
        yield state
    async for state in _comparison(page, words):
        yield state
    async for state in _library(page, words):
        yield state


async def tabs(page: Page) -> AsyncIterator[str]:
    """Each tab once it shows what it has; its name."""
    every = page.get_by_role("tab")
    for number in range(await every.count()):
        await every.nth(number).click()
        await expect(page.get_by_role("tabpanel").and_(page.locator(":visible"))).to_be_visible()
        await page.wait_for_load_state("networkidle")
        yield await every.nth(number).inner_text()


async def tab_of(page: Page, words: Texts, name: str) -> None:
    """Go to a tab."""
    await page.get_by_role("tab", name=words.tabs[name]).click()


async def _runs(page: Page) -> AsyncIterator[str]:
    await run(page, "a lighthouse demo:refuse")
    await page.locator("#generate-status .refusal summary").click()
    yield "a refusal with its details"
    await run(page, "a lighthouse demo:slow")
    await expect(page.locator("#generate-status .working")).to_be_visible()
    yield "a run under way"
    # On a machine that is slow enough it has ended by then.
    stop = page.locator("#generate-stop")
    await stop.evaluate_all("all => all.forEach((one) => one.click())")
    await expect(stop).to_be_hidden()
    yield "a run that was stopped"
    await run(page, "a lighthouse")
    await expect(page.locator("#generate-results .mat.done img")).to_be_visible()
    await page.locator("#generate-details summary").click()
    yield "a picture with its details"
    await page.locator("[data-opens-keys]:visible").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    yield "keys"
    await page.keyboard.press("Escape")


async def _edit(page: Page, words: Texts) -> AsyncIterator[str]:
    await page.locator("#generate-results [data-edits]").click()
    await expect(page.locator("#edit-source img")).to_be_visible()
    await run(page, "in winter", "edit")
    await expect(page.get_by_role("slider", name=words.forms["before_after"])).to_be_visible()
    yield "an edit beside its source"


async def _comparison(page: Page, words: Texts) -> AsyncIterator[str]:
    await tab_of(page, words, "compare")
    tab = page.locator("#compare")
    for name in ("Flux 2 Pro", "Stable Diffusion 3.5"):
        await tab.get_by_role("checkbox", name=name, exact=True).check()
    await tab.get_by_role("textbox", name=words.compare["prompt"]).fill("a fox")
    await page.keyboard.press("Control+Enter")
    await expect(tab.locator(".card img.there")).to_have_count(2)
    yield "a comparison"
    await tab.locator(".card .frame").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    yield "a compared picture, large"
    await page.keyboard.press("Escape")


async def _library(page: Page, words: Texts) -> AsyncIterator[str]:
    await tab_of(page, words, "library")
    await expect(page.locator("#library .cell").first).to_be_visible()
    yield "the library"
    await page.locator("#library .cell").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    yield "a picture of the library"
    await page.keyboard.press("Escape")
