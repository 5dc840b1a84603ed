"""The Compare tab in the browser: its form filled and run, its pictures waited for."""

from playwright.async_api import Locator, Page, expect

from imagestudio.ui.locale import EN, Texts

TWO = ("Flux 2 Pro", "Stable Diffusion 3.5")


async def compare(page: Page, words: Texts = EN) -> Locator:
    """The tab, with its models."""
    await page.get_by_role("tab", name=words.tabs["compare"]).click()
    tab = page.locator("#compare")
    await expect(tab.locator(".models li")).to_have_count(11)
    return tab


async def begin(page: Page, tab: Locator, prompt: str, *, words: Texts = EN, blind: bool = False) -> None:
    """Fill the form, and run it by the keyboard."""
    for name in TWO:
        await tab.get_by_role("checkbox", name=name, exact=True).check()
    await tab.get_by_role("switch", name=words.compare["blind"]).set_checked(blind)
    await tab.get_by_role("textbox", name=words.compare["prompt"]).fill(prompt)
    await page.keyboard.press("Control+Enter")
    await expect(tab.locator(".above .prompt")).to_have_text(prompt)


async def shown(tab: Locator, count: int) -> None:
    """All pictures, drawn."""
    await expect(tab.locator(".card img.there")).to_have_count(count)
