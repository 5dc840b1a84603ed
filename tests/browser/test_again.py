"""What a run that brought no picture offers."""

import pytest
from playwright.async_api import expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import PLACE, Open, choose, labels, newest, ready, run
from tests.browser.library_page import until_ended
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_what_failed_or_was_lost_is_run_again_only_by_hand(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        look, again = page.locator("#generate-look_again"), page.locator("#generate-run_again")
        refusal = page.locator("#generate-status .refusal")
        await expect(look).to_be_hidden()
        await run(page, "a fox demo:fail")
        await expect(refusal).to_contain_text("may have charged for it")
        await expect(look).to_have_text(EN.look_again)
        await expect(again).to_have_text(EN.run_again_twice)
        first, asked = newest(live.url), len(live.requests)
        await look.click()
        while len(live.requests) == asked:
            await page.wait_for_timeout(20)
        await until_ended(live.url, first["id"])
        await expect(page.locator("#generate-results .frame")).to_be_hidden()
        await expect(look).to_be_visible()
        assert newest(live.url)["id"] == first["id"]
        assert [request.method for request in live.requests[asked:]] == ["GET"]
        await again.click()
        await expect(page.locator("#generate-line")).to_contain_text(f"repeats run {first['id'][:8]}")
        await expect(again).to_be_visible()
        assert newest(live.url)["replaces"] == first["id"]
        first_submit, second_submit = live.submits
        assert first_submit.body == second_submit.body == {"prompt": "a fox demo:fail"}

        # One whose submit was lost can't be looked at again: it may have been accepted.
        await choose(page, "generate", labels("generate")["sd-3.5"])
        place = await page.locator("#generate-run").evaluate(PLACE)
        await run(page, "a fox demo:drop")
        await expect(refusal).to_contain_text("may have been accepted and charged")
        await expect(refusal).not_to_contain_text("run_again")
        await expect(again).to_have_text(EN.run_again_twice)
        await expect(look).to_be_hidden()
        assert await page.locator("#generate-run").evaluate(PLACE) == place
        await ready(page, live.url)
        await expect(again).to_be_visible()
        await run(page, "   ")
        await expect(refusal).to_contain_text("Write a prompt")
        await expect(again).to_be_hidden()
    assert len(live.submits) == 3
