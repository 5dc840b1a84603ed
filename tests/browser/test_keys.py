"""Visitors bring keys of their own in a dialog; the page follows at once, and keeps nothing of a key."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect

from imagestudio.core.settings import load_settings
from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.journal import Entry, account_of
from imagestudio.server.create import create_app
from imagestudio.ui.locale import EN
from tests.browser.conftest import PHONE, Open, run
from tests.conftest import served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

KEY = "marked-bfl-own-key"
WORDS = EN.forms
KEPT = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.documentElement.outerHTML])"
TYPED = "[...document.querySelectorAll('input, textarea')].map((one) => one.value).join()"
FREE = f"{EN.run['generate']} · {EN.run_free}"


@dataclass
class Keyless:
    """A studio without keys, and the providers that it can ask about one."""

    url: str
    emulator: Any

    @property
    def requests(self) -> list[Entry]:
        return list(self.emulator.state.journal)


@pytest.fixture(scope="module")
def keyless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyless]:
    emulator = create_sandbox(speed=0)
    with served(lambda: emulator, lifespan="off") as providers:
        origins = {f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers}/{name}" for name in ("bfl", "fal")}
        settings = load_settings({**origins, "IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("keyless")})
        with served(lambda: create_app(settings)) as url:
            yield Keyless(url, emulator)


async def nowhere(page: Page) -> bool:
    """Whether neither the browser's stores nor the page hold the key."""
    return KEY not in await page.evaluate(KEPT) and KEY not in await page.evaluate(TYPED)


async def test_a_key_is_checked_used_and_forgotten_on_a_phone(open_page: Open, keyless: Keyless) -> None:
    async with open_page(keyless.url, PHONE, color_scheme="dark") as page:
        banner = page.get_by_role("note").filter(has_text=EN.demo)
        button = page.locator("#generate-run")
        await expect(button).to_have_text(FREE)
        await banner.get_by_role("button", name=WORDS["add_key"]).click()
        dialog = page.get_by_role("dialog", name=WORDS["keys_title"])
        await expect(dialog).to_contain_text(WORDS["keys_where"])
        field = dialog.get_by_label(WORDS["key_of"].format(provider="Black Forest Labs"))
        await expect(field).to_have_attribute("type", "password")
        await expect(field).to_have_attribute("autocomplete", "off")
        row = dialog.locator(".key").filter(has=page.locator("#own-bfl"))
        said = row.get_by_role("status")
        await expect(said).to_have_text(WORDS["not_held"])
        await field.fill(KEY)
        await field.press("Enter")
        await expect(said).to_have_text(WORDS["works"])
        assert await nowhere(page)
        assert {(asked.method, asked.account) for asked in keyless.requests} == {("GET", account_of(KEY))}

        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(banner).to_be_hidden()
        await expect(button).to_have_text(f"{EN.run['generate']} · $0.03")
        await page.locator("#generate-model input").click()
        await expect(page.get_by_role("option", name="Stable Diffusion 3.5")).to_contain_text(
            WORDS["missing_label"]
        )
        await page.keyboard.press("Escape")
        await run(page, "a fox")
        await expect(page.locator("#generate-results .mat.done img")).to_be_visible()
        (paid,) = [asked for asked in keyless.requests if asked.method == "POST"]
        assert paid.account == account_of(KEY)
        assert await nowhere(page)

        keys = page.locator("#bar-end").get_by_role("button", name=WORDS["keys"])
        await keys.click()
        await expect(said).to_have_text(WORDS["held"])
        await row.get_by_role("button", name=WORDS["forget"]).click()
        await expect(said).to_have_text(WORDS["forgotten"])
        await page.keyboard.press("Escape")
        await expect(keys).to_be_focused()
        await expect(banner).to_be_visible()
        await expect(button).to_have_text(FREE)
