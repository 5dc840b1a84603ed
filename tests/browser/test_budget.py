"""What is spent of a budget, and the run that would pass it."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from imagestudio.ui.locale import EN
from tests.browser.conftest import Open, run
from tests.conftest import served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture(scope="module")
def tight_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo with room for one picture a day."""
    data = tmp_path_factory.mktemp("tight")
    settings = load_settings({"IMAGESTUDIO_DATA_DIR": data, "IMAGESTUDIO_BUDGET_USD_DAY": "0.05"})
    with served(lambda: create_app(settings)) as url:
        yield url


async def test_a_budget_is_shown_as_it_is_spent_and_never_passed(open_page: Open, tight_url: str) -> None:
    async with open_page(tight_url) as page:
        spent = page.locator("#generate-spent")
        await expect(spent).to_have_text("Today $0.00 of $0.05 · play money")
        await run(page, "a lighthouse")
        await expect(page.locator("#generate-results img")).to_be_visible()
        await expect(spent).to_have_text("Today $0.03 of $0.05 · play money")
        await run(page, "a lighthouse")
        refusal = page.locator("#generate-status .refusal")
        await expect(refusal).to_contain_text("$0.02 is left of this day's budget of $0.05")
        await expect(refusal.locator("code")).to_have_text("BUDGET_EXCEEDED")
        await expect(page.locator("#generate-results img")).to_be_visible()
        await page.get_by_role("tab", name=EN.tabs["edit"]).click()
        await expect(page.locator("#edit-spent")).to_have_text("Today $0.03 of $0.05 · play money")
