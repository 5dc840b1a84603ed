"""A picture to edit: what can't be read is said when it is given, what is too large is brought down."""

import base64
import io
import re

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from imagestudio.sandbox.journal import Entry
from imagestudio.ui.locale import EN
from tests.browser.conftest import Open, field, run
from tests.conftest import Live, picture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MOST = 20 * 1024 * 1024
"""Bytes that models take."""
PRICED = re.compile(r"\$")
BROKEN = {"name": "photo.png", "mimeType": "image/png", "buffer": picture(256, 256)[:90]}
WHOLE = {"name": "photo.png", "mimeType": "image/png", "buffer": picture(256, 256)}
CHOOSE = """([bytes, zeros]) => {
  const input = document.querySelector("#edit-image input[type=file]");
  const start = Uint8Array.from(atob(bytes), one => one.charCodeAt(0));
  const chosen = new DataTransfer();
  chosen.items.add(new File([start, new Uint8Array(zeros)], "photo.png", { type: "image/png" }));
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}"""
"""Choose a file of these bytes and so many zeros, made here: as an argument it would take long to come."""


async def edited(page: Page, prompt: str) -> None:
    """Run an edit once the picture is there and priced, to its end."""
    await expect(page.locator("#edit-run")).to_have_text(PRICED)
    await run(page, prompt, task="edit")
    await expect(page.locator("#edit-results img").first).to_have_attribute("alt", prompt)


async def test_what_cannot_be_read_is_said_at_once_and_what_is_too_large_brought_down(
    open_page: Open, live: Live
) -> None:
    async with open_page(live.url) as page:
        await page.get_by_role("tab", name=EN.tabs["edit"]).click()
        said, warnings = page.locator("#edit-image-said"), page.locator("#edit-line .warnings")
        remove = page.locator("#edit-image").get_by_label("Remove Image")
        await page.locator("#edit-image input[type=file]").set_input_files([BROKEN])
        await expect(said.get_by_role("alert")).to_contain_text("damaged or cut off")
        await remove.click()
        await expect(said).to_be_hidden()
        await page.locator("#edit-image input[type=file]").set_input_files([WHOLE])
        await edited(page, "in winter")
        await expect(said).to_be_hidden()
        (submit,) = live.submits

        # Too many bytes. What follows a picture's end is no picture, and goes first.
        await remove.click()
        await expect(page.locator("#edit-run")).not_to_have_text(PRICED)
        await page.evaluate(CHOOSE, [base64.b64encode(picture(256, 256)).decode(), MOST])
        await edited(page, "less noise")
        await expect(warnings).to_contain_text("The picture was written anew to fit into this model's limit.")
        submit = live.submits[-1]
        assert set(submit.body) == {"prompt", "image_url"}
        assert len(sent(submit)) <= MOST

        # Too many pixels, at an address.
        await remove.click()
        large = base64.b64encode(picture(5000, 4100)).decode()
        await field(page, "edit-image_url").fill(f"data:image/png;base64,{large}")
        await run(page, "smaller", task="edit")
        await expect(page.locator("#edit-results img").first).to_have_attribute("alt", "smaller")
        await expect(warnings).to_contain_text("The picture was scaled from 5000 × 4100 to ")
        with Image.open(io.BytesIO(sent(live.submits[-1]))) as image:
            assert image.width * image.height <= 20_000_000
    assert len(live.submits) == 3


def sent(submit: Entry) -> bytes:
    """The picture that a provider got."""
    return base64.b64decode(submit.body["image_url"].partition(",")[2])
