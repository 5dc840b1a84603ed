"""The seed that is kept: the one that was sent, or the one that the provider says it drew with."""

import pytest
from playwright.async_api import expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import Open, choose, field, labels, newest, run
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_seed_that_came_back_is_kept_and_sent_again(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        form, seed = page.locator("#generate-fields"), field(page, "generate-seed")
        keep = form.get_by_role("button", name=EN.forms["keep"])
        await run(page, "a fox of its own seed")
        await expect(page.locator("#generate-results img")).to_have_attribute("alt", "a fox of its own seed")
        await keep.click()
        told = newest(live.url)["seed"]
        await expect(seed).to_have_value(str(told))
        await run(page, "a fox of the same seed")
        await expect(page.locator("#generate-results img")).to_have_attribute("alt", "a fox of the same seed")
        assert live.submits[-1].body["seed"] == newest(live.url)["seed"] == told

        await choose(page, "generate", labels("generate")["sd-3.5"])
        await expect(keep).to_be_disabled()
        await expect(keep).to_have_attribute("title", "Not with Stable Diffusion 3.5")
        await run(page, "a fox of a model that takes no seed")
        await expect(page.locator("#generate-results img")).to_have_attribute(
            "alt", "a fox of a model that takes no seed"
        )
        other = newest(live.url)
        assert (other["model"], "seed" in other["asked"]) == ("sd-3.5", False)
        await choose(page, "generate", labels("generate")["flux-2-pro"])
        await expect(seed).to_have_value(str(other["seed"]))
        await expect(keep).to_be_enabled()

        await page.get_by_role("tab", name=EN.tabs["edit"]).click()
        there = page.locator("#edit-fields").get_by_role("button", name=EN.forms["keep"])
        await expect(there).to_be_disabled()
        await expect(there).to_have_attribute("title", "Not with Qwen Image Edit")
