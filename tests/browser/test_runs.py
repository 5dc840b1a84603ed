"""Runs, from the prompt to the picture, and every other way that they can end."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from imagestudio.core.messages import EN as MESSAGES
from imagestudio.ui.locale import EN
from tests.browser.conftest import PLACE, Open, choose, field, labels, newest, ready, run
from tests.browser.library_page import make
from tests.conftest import HELD, Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_models_draw_in_their_ways_and_get_what_is_theirs(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        images, facts = page.locator("#generate-results img"), page.locator("#generate-line .facts")
        await expect(page.get_by_role("note").filter(has_text=EN.demo)).to_have_count(0)
        # The picture takes the place of its frame, and comes with its own bytes.
        live.gate.clear()
        await field(page, "generate-width").fill("512")
        await field(page, "generate-seed").fill("0")
        fox = f"a fox <b>in</b> snow, {HELD}"
        await run(page, fox)
        frame = await page.locator("#generate-results .frame").evaluate(PLACE)
        live.gate.set()
        await expect(images).to_have_attribute("alt", fox)
        size = "async one => (await one.decode(), [one.naturalWidth, one.naturalHeight])"
        assert await images.evaluate(size) == [512, 1024]
        assert await images.evaluate(PLACE) == pytest.approx(frame, abs=1)
        assert await downloaded(page) in live.drawn
        await expect(facts).to_contain_text("Flux 2 Pro512 × 1024")
        await expect(facts).to_contain_text("seed 0$0.03")
        await page.locator("#generate-details summary").click()
        await expect(page.locator("#generate-details")).to_contain_text('"seed": 0')
        (submit,) = live.submits
        assert submit.body == {"prompt": fox, "width": 512, "height": 1024, "seed": 0}
        asked = {"prompt": fox, "model": "flux-2-pro", "width": 512, "seed": 0}
        assert newest(live.url)["asked"] == asked

        # A drawing is an image, and never part of the page.
        await choose(page, "generate", labels("generate")["recraft-v4"])
        await page.locator("#generate-vector input").check()
        await run(page, "a fox")
        await expect(images).to_have_attribute("alt", "a fox")
        assert (await images.evaluate(size))[0] == 640
        assert (await images.get_attribute("src") or "").startswith("data:image/svg+xml;base64,")
        assert await downloaded(page) in live.drawn

        # What was set for another model is not sent.
        await page.locator("#generate-aspect_ratio").locator("label").filter(has_text="16:9").click()
        await choose(page, "generate", labels("generate")["flux-2-pro"])
        for name in ("width", "seed"):
            await field(page, f"generate-{name}").fill("")
        await run(page, "a wolf")
        await expect(images).to_have_attribute("alt", "a wolf")
        assert live.submits[-1].body == {"prompt": "a wolf"}

        # Four pictures stand whole beside each other.
        await choose(page, "generate", labels("generate")["imagen-4"])
        await page.locator("#generate-aspect_ratio").locator("label").filter(has_text="16:9").click()
        await field(page, "generate-num_images").fill("4")
        await run(page, "four foxes")
        await expect(images).to_have_count(4)
        ratios = "async all => (await Promise.all(all.map(i => i.decode())), all.map(i =>"
        ratios += " i.clientWidth / i.clientHeight - i.naturalWidth / i.naturalHeight))"
        assert await images.evaluate_all(ratios) == pytest.approx([0, 0, 0, 0], abs=0.02)
        await expect(images.last).to_be_in_viewport(ratio=1)
        await expect(page.locator("#generate-line .warnings")).to_contain_text("gemini-nano-banana-2.1")
    assert [entry.fault for entry in live.requests if entry.fault] == []


async def downloaded(page: Page) -> bytes:
    """The bytes behind the picture's link."""
    async with page.expect_download() as download:
        await page.locator("#generate-results a").click()
    return Path(await (await download.value).path()).read_bytes()


async def test_a_refusal_is_a_sentence_beside_the_prompt_that_is_kept(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        await run(page, "a fox demo:refuse")
        refusal = page.locator("#generate-status .refusal")
        await expect(refusal).to_contain_text("Black Forest Labs refused this prompt")
        await expect(refusal.locator("code")).to_have_text("CONTENT_REFUSED")
        await expect(field(page, "generate-prompt")).to_have_value("a fox demo:refuse")
        await expect(page.locator("#generate-run")).to_be_enabled()
        await run(page, "   ")
        await expect(refusal).to_contain_text("Write a prompt")
        await field(page, "generate-width").fill("1000")
        await run(page, "a fox")
        await expect(refusal).to_contain_text("the nearest to 1000 is 992 or 1008")
        await expect(field(page, "generate-prompt")).to_have_value("a fox")
        await expect(field(page, "generate-width")).to_have_value("1000")


async def test_two_visitors_see_nothing_of_each_other(open_page: Open, public_url: str) -> None:
    async with open_page(public_url) as one, open_page(public_url, expected="404") as other:
        await field(other, "generate-prompt").fill("an owl")
        await run(one, "a fox")
        image = one.locator("#generate-results .mat.done img")
        await expect(image).to_be_visible()
        runs = EN.forms["runs"]
        await expect(one.get_by_role("list", name=runs).get_by_role("listitem")).to_have_count(1)
        await ready(other, public_url)
        await expect(field(other, "generate-prompt")).to_have_value("an owl")
        await expect(other.locator("#generate-beside")).to_have_attribute("data-drawn", "")
        await expect(other.locator("#generate-results .empty")).to_be_visible()
        await expect(other.get_by_role("list", name=runs)).to_have_count(0)
        for page, there in ((one, 200), (other, 404)):
            status = "async address => (await fetch(address)).status"
            assert await page.evaluate(status, await image.get_attribute("src")) == there
        for page, count in ((one, 1), (other, 0)):
            await page.get_by_role("tab", name=EN.tabs["library"]).click()
            await expect(page.locator("#library .cell")).to_have_count(count)
        # An empty library offers an example.
        await other.get_by_role("button", name=EN.library["empty_action"]).click()
        await expect(field(other, "generate-prompt")).to_have_value(EN.library["empty_example"])


async def test_a_picture_by_its_address_is_edited_and_what_is_none_refused(
    open_page: Open, live: Live
) -> None:
    broken = {"name": "photo.png", "mimeType": "image/png", "buffer": b"no picture"}
    (fox,) = make(live.url, "a fox")
    async with open_page(live.url) as page:
        await page.get_by_role("tab", name=EN.tabs["edit"]).click()
        refusal = page.locator("#edit-status .refusal")
        await run(page, "make it winter", "edit")
        await expect(refusal).to_contain_text("Give the picture to edit")
        await field(page, "edit-image_url").fill("http://127.0.0.1/x.png")
        await run(page, "make it winter", "edit")
        await expect(refusal.locator("code")).to_have_text("INVALID_IMAGE")
        async with page.expect_response(lambda response: "upload" in response.url):
            await page.locator("#edit-image input[type=file]").set_input_files(broken)
        await expect(page.locator("#edit-image img")).to_be_attached()
        await run(page, "make it winter", "edit")
        await expect(refusal).to_contain_text(MESSAGES["form.two_pictures"])
        await field(page, "edit-image_url").fill("")
        await run(page, "make it winter", "edit")
        await expect(refusal.locator("code")).to_have_text("INVALID_IMAGE")
        assert len(live.submits) == 1
        await page.locator("#edit-image").get_by_label("Remove Image").click()
        await field(page, "edit-image_url").fill(fox["images"][0]["url"])
        await run(page, "make it winter", "edit")
        await expect(page.locator("#edit-results img")).to_be_visible()
    assert len(live.submits) == 2
