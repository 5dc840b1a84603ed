"""Nothing covers anything: the foot stays in sight, and what is under it can be scrolled out."""

import pytest
from playwright.async_api import Page, expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import PHONE, PLACE, Open, run
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOW = {"width": 1024, "height": 600}
SCROLLED = "scrollTo(0, 1e6); document.querySelectorAll('.fields').forEach(one => one.scrollTo(0, 1e6))"


async def place(page: Page, selector: str) -> list[float]:
    """Left, top, right and bottom."""
    x, y, width, height = await page.locator(selector).evaluate(PLACE)
    return [x, y, x + width, y + height]


async def test_name_and_tabs_stand_apart_and_a_refusal_covers_no_field_for_good(
    open_page: Open, live: Live
) -> None:
    async with open_page(live.url, LOW) as page:
        await expect(page.get_by_role("heading", name=EN.title)).to_have_count(1)
        await run(page, "a fox demo:fail")
        for viewport in (LOW, PHONE):
            await page.set_viewport_size(viewport)
            for part in ("#generate-status .refusal", "#generate-run_again", "#generate-run"):
                await expect(page.locator(part)).to_be_in_viewport(ratio=1)
            name = "h1" if viewport == LOW else ".header .name"
            tab = await page.get_by_role("tab", name=EN.tabs["generate"]).evaluate(PLACE)
            _, _, right, bottom = await place(page, name)
            assert right + 8 <= tab[0] if viewport == LOW else bottom <= tab[1] + 1
            await page.evaluate(SCROLLED)
            last = await place(page, "#generate-image_size")
            foot = await place(page, ".foot:has(#generate-run)")
            assert last[3] <= foot[1]
            await expect(page.locator("#generate-run")).to_be_in_viewport(ratio=1)
            await page.evaluate("scrollTo(0, 0)")
