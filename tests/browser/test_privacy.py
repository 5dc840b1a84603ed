"""A visitor deletes a run with its prompt, or everything, brings it back, and ends the session."""

from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from imagestudio.ui.locale import DE, EN
from tests.browser.conftest import PHONE, Open, field, run
from tests.browser.library_page import make, opened
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STORES = "JSON.stringify([{...localStorage}, {...sessionStorage}])"


async def there(page: Page, job: dict[str, Any]) -> int:
    """How its visitor's page is answered that asks for a job."""
    return (await page.request.get(f"/api/v1/image/jobs/{job['id']}")).status


async def test_a_run_is_deleted_from_its_picture_after_a_question(open_page: Open, live: Live) -> None:
    words = DE.privacy
    (job,) = make(live.url, "a forgettable heron", model="imagen-4", num_images=2)
    async with open_page(live.url, PHONE, base_url=live.url, color_scheme="dark", locale="de-DE") as page:
        cells = await opened(page, "?q=forgettable")
        visible = page.locator("#library .cell:visible")
        await expect(visible).to_have_count(2)
        await cells.first.click()
        detail, ask = page.locator("dialog.detail"), page.get_by_role("alertdialog")
        delete = detail.get_by_role("button", name=words["job_delete"])
        await delete.click()
        await expect(ask).to_contain_text(words["job_goes"].format(count=2))
        await expect(ask).to_contain_text(words["job_day"])
        await expect(ask.get_by_role("button", name=words["keep"])).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(ask).to_have_count(0)
        assert await there(page, job) == 200
        await delete.click()
        await ask.get_by_role("button", name=words["job_delete"]).click()
        await expect(page.locator(".toast")).to_contain_text(words["job_deleted"])
        await page.locator(".toast").hover()  # it stays while somebody is on it
        await expect(visible).to_have_count(0)
        await expect(detail).to_be_hidden()
        assert await there(page, job) == 404
        await page.get_by_role("button", name=DE.library["undo"]).click()
        await expect(visible).to_have_count(2)
        assert await there(page, job) == 200


async def test_everything_is_deleted_and_brought_back_and_a_session_ended(
    open_page: Open, public_url: str
) -> None:
    words = EN.privacy
    keys = EN.forms["keys"]
    async with open_page(public_url) as page:
        await run(page, "a private fox")
        await expect(page.locator("#generate-results .mat.done img")).to_be_visible()
        await page.locator("#bar-end").get_by_role("button", name=keys).click()
        await page.get_by_role("button", name=words["delete_all"]).click()
        ask = page.get_by_role("alertdialog")
        await expect(ask).to_contain_text(words["all_goes"])
        await ask.get_by_role("button", name=words["delete_all"]).click()
        toast = page.locator(".toast")
        await expect(toast).to_contain_text(words["all_deleted"])
        await toast.hover()  # it stays while somebody is on it
        await expect(field(page, "generate-prompt")).to_have_value("")
        assert "fox" not in await page.evaluate(STORES)
        await expect(page.locator("#generate-results img")).to_have_count(0)
        # The page is loaded anew: only then is there a place to go to.
        async with page.expect_navigation():
            await toast.get_by_role("button", name=EN.library["undo"]).click()
        await expect(page.locator("#generate-note .price")).to_be_visible()
        await opened(page, "?q=private")

        copied = {one["name"]: one["value"] for one in await page.context.cookies()}
        jobs = f"{public_url}/api/v1/image/jobs"
        async with httpx.AsyncClient(cookies=copied, timeout=60) as thief:
            assert len((await thief.get(jobs)).json()["data"]["jobs"]) == 1
            await page.locator("#bar-end").get_by_role("button", name=keys).click()
            await page.get_by_role("button", name=words["end"]).click()
            await expect(ask).to_contain_text(words["end_guest"])
            async with page.expect_navigation():
                await ask.get_by_role("button", name=words["end"]).click()
            await expect(page.locator("#generate-note .price")).to_be_visible()
            assert "fox" not in await page.evaluate(STORES)
            assert (await thief.get(jobs)).json()["data"]["jobs"] == []
