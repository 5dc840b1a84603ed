"""Visitors bring keys of their own in a dialog; the page follows at once, and keeps nothing of a key."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import expect

from imagestudio.sandbox import create_sandbox
from imagestudio.server import create_app
from imagestudio.settings import load_settings
from imagestudio.ui.words import EN
from tests.browser.conftest import PHONE, WIDE, Open
from tests.conftest import served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

KEY = "marked-bfl-own-key"
WORDS = EN.forms


@pytest.fixture(scope="module")
def keyless_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio without keys, whose providers can be asked about one."""
    with served(lambda: create_sandbox(speed=0), lifespan="off") as providers:
        origins = {f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers}/{name}" for name in ("bfl", "fal")}
        data = tmp_path_factory.mktemp("keyless")
        settings = load_settings({**origins, "IMAGESTUDIO_DATA_DIR": data})
        with served(lambda: create_app(settings)) as url:
            yield url


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
async def test_a_key_is_checked_used_and_forgotten(
    open_page: Open, keyless_url: str, viewport: Any, scheme: str
) -> None:
    async with open_page(keyless_url, viewport, color_scheme=scheme) as page:
        banner = page.get_by_role("note").filter(has_text=EN.demo)
        run = page.locator("#generate-run")
        await expect(run).to_have_text(f"{EN.run['generate']} · {EN.run_free}")
        await banner.get_by_role("button", name=WORDS["add_key"]).click()
        dialog = page.get_by_role("dialog", name=WORDS["keys_title"])
        await expect(dialog).to_contain_text(WORDS["keys_where"])
        field = dialog.get_by_label(WORDS["key_of"].format(provider="Black Forest Labs"))
        await expect(field).to_have_attribute("type", "password")
        await expect(field).to_have_attribute("autocomplete", "off")
        row = dialog.locator(".key").filter(has=field)
        await field.fill(KEY)
        await field.press("Enter")
        await expect(row.get_by_role("status")).to_have_text(WORDS["works"])
        await expect(field).to_have_value("")
        kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.documentElement.outerHTML])"
        assert KEY not in await page.evaluate(kept)
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(banner).to_be_hidden()
        await expect(run).to_have_text(f"{EN.run['generate']} · $0.03")
        await page.locator("#generate-model input").click()
        sd = page.get_by_role("option", name=re.compile("^SD 3.5|^Stable Diffusion"))
        await expect(sd.first).to_contain_text(WORDS["missing_label"])
        await page.keyboard.press("Escape")
        await page.locator("#bar-end").get_by_role("button", name=WORDS["keys"]).click()
        await expect(row.get_by_role("status")).to_have_text(WORDS["held"])
        await row.get_by_role("button", name=WORDS["forget"]).click()
        await expect(row.get_by_role("status")).to_have_text(WORDS["forgotten"])
        await page.keyboard.press("Escape")
        await expect(page.locator("#bar-end").get_by_role("button", name=WORDS["keys"])).to_be_focused()
        await expect(banner).to_be_visible()
        await expect(run).to_have_text(f"{EN.run['generate']} · {EN.run_free}")
