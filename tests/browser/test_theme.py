"""Light, dark or the system's own: chosen once, there at the first paint, alike in every tab."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from imagestudio.ui.locale import EN
from imagestudio.ui.theme import PALETTE
from tests.browser.conftest import PHONE, Open, ready
from tests.tables import rows

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

GROUND = "getComputedStyle(document.body).backgroundColor"
BEFORE_GRADIO = """
new MutationObserver((_, self) => {
  if (!document.body) return;
  self.disconnect();
  requestAnimationFrame(() => { window.firstGround = getComputedStyle(document.body).backgroundColor; });
}).observe(document, { childList: true, subtree: true });
"""


def rgb(mode: int) -> str:
    code = PALETTE["ground"][mode].removeprefix("#")
    return f"rgb({', '.join(str(int(code[at : at + 2], 16)) for at in (0, 2, 4))})"


LIGHT, DARK = rgb(0), rgb(1)


async def switch(page: Page, said: str) -> None:
    """Press the switch, which then says what is chosen."""
    button = page.locator("#bar-theme button")
    await button.click()
    await expect(button).to_have_accessible_name(f"{EN.theme['label']}: {said}")


async def on_ground(page: Page, colour: str) -> None:
    await page.wait_for_function(f"colour => {GROUND} === colour", arg=colour)


async def test_the_switch_goes_round(open_page: Open, demo_url: str) -> None:
    async with open_page(demo_url, PHONE, color_scheme="dark") as page:
        await on_ground(page, DARK)
        await switch(page, EN.theme["light"])
        await on_ground(page, LIGHT)
        await switch(page, EN.theme["dark"])
        await on_ground(page, DARK)
        await switch(page, EN.theme["system"])
        await page.emulate_media(color_scheme="light")
        await on_ground(page, LIGHT)


@rows(("system", "chosen"), [("dark", "light"), ("light", "dark")])
async def test_a_choice_is_there_before_anything_is_drawn(
    open_page: Open, demo_url: str, system: Any, chosen: str
) -> None:
    colour = LIGHT if chosen == "light" else DARK
    async with open_page(demo_url, color_scheme=system) as page:
        await page.evaluate("theme => window.studioTheme.choose(theme)", chosen)
        await on_ground(page, colour)
        later = await page.context.new_page()
        await later.add_init_script(BEFORE_GRADIO)
        await ready(later, demo_url)
        assert await later.evaluate("window.firstGround") == colour
        assert await later.evaluate(GROUND) == colour


async def test_other_tabs_follow(open_page: Open, demo_url: str) -> None:
    async with open_page(demo_url, color_scheme="light") as page:
        other = await page.context.new_page()
        await ready(other, demo_url)
        await switch(page, EN.theme["light"])
        await switch(page, EN.theme["dark"])
        await on_ground(other, DARK)
        await expect(other.locator("#bar-theme button")).to_have_accessible_name(
            f"{EN.theme['label']}: {EN.theme['dark']}"
        )
