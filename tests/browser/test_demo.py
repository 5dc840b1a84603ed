"""In the sandbox the page says that it is a demo, wherever one is on it, and how to go live."""

import pytest
from playwright.async_api import expect

from imagestudio.providers import PROVIDERS
from imagestudio.ui.locale import EN
from tests.browser.conftest import PHONE, WIDE, Open, choose, labels, newest, run

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_demo_says_so_on_every_tab_and_why_a_run_waits(open_page: Open, demo_url: str) -> None:
    async with open_page(demo_url) as page:
        banner = page.get_by_role("note").filter(has_text=EN.demo)
        for viewport in (PHONE, WIDE):
            await page.set_viewport_size(viewport)
            for tab in (EN.tabs["edit"], EN.tabs["generate"]):
                await page.get_by_role("tab", name=tab).click()
                await expect(banner).to_be_in_viewport(ratio=1)
            await expect(banner).to_contain_text(EN.go_live)
            await expect(banner.get_by_role("button", name=EN.forms["add_key"])).to_be_visible()
        for kind in PROVIDERS.values():
            # On a phone they are in the dialog that the button opens.
            link = banner.get_by_role("link", name=kind.title, exact=True)
            await expect(link).to_have_attribute("href", kind.key_page)
        await expect(page.locator("#generate-spent")).to_be_hidden()
        await expect(page.locator("#generate-note")).to_contain_text("free in the demo")
        await expect(page.locator("#generate-run")).to_have_text("Generate · free demo")
        await run(page, "a lighthouse")
        await expect(page.locator("#generate-results img")).to_be_visible()
        await expect(banner).to_be_visible()
        await expect(page.locator("#generate-line")).to_contain_text("demo, nothing charged")
        await expect(page.locator("#generate-line .warnings")).to_contain_text("Demo: ")
        assert newest(demo_url)["demo"] is True
        # Of a provider that no other test of the demo needs: its pause is everybody's.
        await choose(page, "generate", labels("generate")["sd-3.5"])
        await run(page, "a fox demo:rate-limit")
        await expect(page.locator("#generate-status")).to_have_text("Waiting: fal.ai is limiting requests")
        await page.locator("#generate-stop").click()
        await expect(page.locator("#generate-status")).to_contain_text(EN.stopped)
