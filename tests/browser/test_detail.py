"""A picture's page in the library: what is told of it, and what can be done with it."""

import json

import pytest
from playwright.async_api import expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import Open, field
from tests.browser.library_page import make, opened
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS = EN.library


async def test_all_that_is_known_is_told_and_can_be_used_again(open_page: Open, live: Live) -> None:
    (job,) = make(live.url, "a known kingfisher", width=512, height=256, seed=77)
    make(live.url, "a drawing to lose", model="recraft-v4", vector=True)
    async with open_page(live.url, permissions=["clipboard-read", "clipboard-write"]) as page:
        await (await opened(page, "?q=kingfisher")).first.click()
        detail = page.locator("dialog.detail")
        await expect(detail.locator("dl")).to_be_visible()
        facts = dict(
            zip(*[await detail.locator(f"dl {part}").all_inner_texts() for part in ("dt", "dd")], strict=True)
        )
        assert facts[WORDS["model"]] == "Flux 2 Pro · Black Forest Labs"
        assert (facts[WORDS["size"]], facts[WORDS["seed"]]) == ("512 × 256", "77")
        assert (facts[WORDS["cost"]], facts[WORDS["payer"]]) == ("$0.03", WORDS["payer_host"])
        assert facts[WORDS["time"]].endswith(" s")
        for part in await detail.locator("summary").all():
            await part.click()
        asked, sent, got = [json.loads(text) for text in await detail.locator("pre").all_inner_texts()]
        assert asked == job["asked"]
        assert sent == job["sent"]
        assert got["images"] == job["images"]
        await detail.get_by_role("button", name=WORDS["copy_python"]).click()
        await expect(page.locator(".toast")).to_contain_text(WORDS["copied"])
        program = await page.evaluate("navigator.clipboard.readText()")
        assert "a known kingfisher" in str(compile(program, "copied.py", "exec").co_consts)
        await detail.get_by_role("button", name=WORDS["use"]).click()
        await expect(field(page, "generate-prompt")).to_have_value("a known kingfisher")
        for name, value in (("width", "512"), ("height", "256"), ("seed", "77")):
            await expect(field(page, f"generate-{name}")).to_have_value(value)

        # What a download loses is said beside it.
        await (await opened(page, "?q=lose")).first.click()
        losses = detail.locator(".losses")
        format = page.get_by_label(WORDS["format"])
        await format.select_option("jpeg")
        await expect(losses).to_have_text(WORDS["loss_transparency"])
        await format.select_option("webp")
        await expect(losses).to_be_empty()
        await format.select_option("original")
        await page.get_by_label(WORDS["recipe"], exact=True).check()
        await expect(losses).to_have_text(WORDS["loss_recipe_beside"])
