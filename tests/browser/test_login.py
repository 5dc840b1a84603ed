"""The login with Hugging Face in the page's bar, as a Space has it."""

import pytest
from playwright.async_api import expect

from imagestudio.ui.locale import DE
from tests.browser.conftest import PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BECOME = (
    "async more => window.studio.setVisitor("
    "{ ...(await window.studio.getVisitor()), takes_logins: true, ...more })"
)


async def test_the_bar_signs_in_and_out_in_the_pages_language(open_page: Open, demo_url: str) -> None:
    async with open_page(demo_url, PHONE, expected="404", locale="de-DE") as page:
        login = page.locator("#bar-login")
        await expect(login).to_be_empty()
        await page.evaluate(BECOME, {"kind": "huggingface", "name": "Ann"})
        await expect(login.get_by_role("link", name="Abmelden (Ann)")).to_be_in_viewport(ratio=1)
        await page.evaluate(BECOME, {"kind": "session"})
        async with page.expect_request("**/login/huggingface?_target_url=/"):
            await login.get_by_role("link", name=DE.log_in).click()
