"""What a run that brought no picture offers, and what the page says while one has to wait."""

import pytest
from playwright.async_api import expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import PLACE, Open, choose, labels, newest, ready, run
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_failed_run_is_looked_at_again_and_run_again(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        look, again = page.locator("#generate-look_again"), page.locator("#generate-run_again")
        await expect(look).to_be_hidden()
        await run(page, "a fox demo:fail")
        await expect(page.locator("#generate-status .refusal")).to_contain_text("may have charged for it")
        await expect(look).to_have_text(EN.look_again)
        await expect(again).to_have_text(EN.run_again_twice)
        first, asked = newest(live.url), len(live.requests)
        await look.click()
        while len(live.requests) == asked:
            await page.wait_for_timeout(20)
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


async def test_a_lost_run_is_run_again_only_by_hand(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        look, again = page.locator("#generate-look_again"), page.locator("#generate-run_again")
        await choose(page, "generate", labels("generate")["sd-3.5"])
        place = await page.locator("#generate-run").evaluate(PLACE)
        await run(page, "a fox demo:drop")
        await expect(again).to_have_text(EN.run_again_twice)
        await expect(look).to_be_hidden()
        refusal = page.locator("#generate-status .refusal")
        await expect(refusal).to_contain_text("may have been accepted and charged")
        await expect(refusal).not_to_contain_text("run_again")
        assert await page.locator("#generate-run").evaluate(PLACE) == place
        await ready(page, live.url)
        await expect(again).to_be_visible()
        await run(page, "   ")
        await expect(refusal).to_contain_text("Write a prompt")
        await expect(again).to_be_hidden()
    assert len(live.submits) == 1


async def test_a_wait_is_shown_with_its_reason(open_page: Open, demo_url: str) -> None:
    async with open_page(demo_url) as page:
        # Of a provider that no other test of the demo needs: its pause is everybody's.
        await choose(page, "generate", labels("generate")["sd-3.5"])
        await run(page, "a fox demo:rate-limit")
        await expect(page.locator("#generate-status")).to_have_text("Waiting: fal.ai is limiting requests")
        await page.locator("#generate-stop").click()
        await expect(page.locator("#generate-status")).to_contain_text(EN.stopped)
