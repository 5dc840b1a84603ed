"""A picture to edit: what can't be read is said when it is given, what is too large is brought down."""

import base64
import io
import re

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from imagestudio.ui.locale import DE, EN
from tests.browser.conftest import Open, field, newest, run
from tests.conftest import Live, picture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MOST = 20 * 1024 * 1024
"""Bytes that models take."""
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
    await expect(page.locator("#edit-run")).to_have_text(re.compile(r"\$"))
    await run(page, prompt, task="edit")
    await expect(page.locator("#edit-results img").first).to_be_visible()


async def test_a_file_that_cannot_be_read_is_said_before_anything_is_run(open_page: Open, live: Live) -> None:
    async with open_page(live.url) as page:
        await page.get_by_role("tab", name=EN.tabs["edit"]).click()
        said = page.locator("#edit-image-said")
        await page.locator("#edit-image input[type=file]").set_input_files([BROKEN])
        await expect(said.get_by_role("alert")).to_contain_text("damaged or cut off")
        await page.locator("#edit-image").get_by_label("Remove Image").click()
        await expect(said).to_be_hidden()
        await page.locator("#edit-image input[type=file]").set_input_files([WHOLE])
        await edited(page, "in winter")
        await expect(said).to_be_hidden()
    assert len(live.submits) == 1


async def test_an_upload_of_too_many_bytes_is_brought_down(open_page: Open, live: Live) -> None:
    # What follows a picture's end is no picture, and goes first.
    large = [base64.b64encode(picture(256, 256)).decode(), MOST]
    async with open_page(live.url) as page:
        await page.get_by_role("tab", name=EN.tabs["edit"]).click()
        await page.evaluate(CHOOSE, large)
        await edited(page, "less noise")
        await expect(page.locator("#edit-line .warnings")).to_contain_text(
            "The picture was written anew to fit into this model's limit."
        )
    (submit,) = live.submits
    assert set(submit.body) == {"prompt", "image_url"}
    assert len(base64.b64decode(submit.body["image_url"].partition(",")[2])) <= MOST


async def test_what_is_too_large_at_an_address_is_brought_down_and_told(open_page: Open, live: Live) -> None:
    large = "data:image/png;base64," + base64.b64encode(picture(5000, 4100)).decode()
    async with open_page(live.url, locale="de-DE") as page:
        await page.get_by_role("tab", name=DE.tabs["edit"]).click()
        await field(page, "edit-image_url").fill(large)
        await run(page, "im Winter", task="edit")
        await expect(page.locator("#edit-results img").first).to_be_visible()
        warnings = page.locator("#edit-line .warnings")
        await expect(warnings).to_contain_text("Das Bild wurde von 5000 × 4100 auf")
    (warning,) = newest(live.url)["warnings"]
    assert warning.startswith("The picture was scaled from 5000 × 4100 to ")
    (submit,) = live.submits
    sent = base64.b64decode(submit.body["image_url"].partition(",")[2])
    with Image.open(io.BytesIO(sent)) as image:
        assert image.width * image.height <= 20_000_000
