"""Light, dark or the system's own: chosen once, there at the first paint, alike in every tab."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from imagestudio.ui.locale import EN
from imagestudio.ui.theme import PALETTE
from tests.browser.conftest import Open, ready

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


async def test_a_choice_goes_round_is_there_at_the_first_paint_and_in_other_tabs(
    open_page: Open, demo_url: str
) -> None:
    async with open_page(demo_url, color_scheme="dark") as page:
        await on_ground(page, DARK)
        await switch(page, EN.theme["light"])
        await on_ground(page, LIGHT)
        await first_paint(page, demo_url, "dark", LIGHT)

        await switch(page, EN.theme["dark"])
        await on_ground(page, DARK)
        other = await first_paint(page, demo_url, "light", DARK)

        await switch(page, EN.theme["system"])
        await page.emulate_media(color_scheme="light")
        for one in (page, other):
            await on_ground(one, LIGHT)
        await expect(other.locator("#bar-theme button")).to_have_accessible_name(
            f"{EN.theme['label']}: {EN.theme['system']}"
        )


async def first_paint(page: Page, url: str, system: Any, colour: str) -> Page:
    """A new tab, on that ground from the beginning whatever the system has."""
    later = await page.context.new_page()
    await later.emulate_media(color_scheme=system)
    await later.add_init_script(BEFORE_GRADIO)
    await ready(later, url)
    assert await later.evaluate("window.firstGround") == colour
    assert await later.evaluate(GROUND) == colour
    return later
