"""The Compare tab in the browser: its form filled and run, its pictures waited for."""

from playwright.async_api import Locator, Page, expect

TWO = ("Flux 2 Pro", "Stable Diffusion 3.5")


async def compare(page: Page) -> Locator:
    """The tab, with its models."""
    await page.get_by_role("tab", name="Compare").click()
    tab = page.locator("#compare")
    await expect(tab.locator(".models li")).to_have_count(11)
    return tab


async def begin(
    page: Page, tab: Locator, prompt: str, *, models: tuple[str, ...] = TWO, blind: bool = False
) -> None:
    """Fill the form, and run it by the keyboard."""
    for name in models:
        await tab.get_by_role("checkbox", name=name, exact=True).check()
    await tab.get_by_role("switch", name="Blind").set_checked(blind)
    await tab.get_by_role("textbox", name="Prompt").fill(prompt)
    await page.keyboard.press("Control+Enter")
    await expect(tab.locator(".above .prompt")).to_have_text(prompt)


async def shown(tab: Locator, count: int) -> None:
    """All pictures, drawn."""
    await expect(tab.locator(".card img.there")).to_have_count(count)
