"""One visit behind a proxy that serves the page under a path and does not pass Host on: a picture comes by
the clipboard and as an address that is dragged, and a model is chosen in a list that was translated."""

import re

import pytest
from playwright.async_api import Page, expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import Open, field
from tests.browser.library_page import make
from tests.conftest import Live, served
from tests.proxy import Proxy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

COPY = """async ([colour, words]) => {
  if (words) return navigator.clipboard.writeText(words);
  const canvas = Object.assign(document.createElement("canvas"), { width: 128, height: 128 });
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 128, 128);
  const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": made })]);
}"""
DRAG = """([list, html]) => {
  const data = new DataTransfer();
  data.setData("text/uri-list", list);
  if (html) data.setData("text/html", html);
  const on = document.querySelector("#edit-image button");
  return ["dragover", "drop"].map(kind =>
    on.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data })));
}"""
TRANSLATE = """list => {
  const walker = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  const words = [];
  while (walker.nextNode()) words.push(walker.currentNode);
  for (const one of words) {
    const outer = document.createElement("font");
    one.replaceWith(outer);
    outer.append(document.createElement("font"));
    outer.firstChild.append(one);
  }
}"""
"""As Chromium's translator does it."""
LISTENING = "performance.getEntriesByType('resource').some(one => one.name.endsWith('/compare.js'))"
"""The page's modules are there: those that come after them are being fetched."""


async def choose_translated(page: Page, label: str) -> None:
    """Choose a model by mouse, at its words."""
    await page.locator("#edit-model input").click()
    options = page.get_by_role("listbox")
    await options.evaluate(TRANSLATE)
    await options.locator("font font").get_by_text(label).click()


async def test_a_picture_comes_in_every_way(open_page: Open, live: Live) -> None:
    (job,) = make(live.url, "a heron to be dragged")
    proxy = Proxy(live.url, "/studio", passes_host=False, says={"X-Forwarded-Prefix": "/studio"})
    with served(lambda: proxy, lifespan="off") as front:
        async with open_page(f"{front}/studio/") as page:
            await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            await page.get_by_role("tab", name=EN.tabs["edit"]).click()
            await page.wait_for_function(LISTENING)
            given = page.locator("#edit-image img")
            toast = page.locator("#toasts")
            icon = page.locator("#edit-image .source-selection button").last

            await page.evaluate(COPY, ["teal", ""])
            await field(page, "edit-prompt").focus()
            await page.keyboard.press("Control+V")
            await expect(given).to_have_attribute("src", re.compile(f"^{front}/studio/gradio_api/file="))
            pasted = await given.get_attribute("src")
            await page.evaluate(COPY, ["tomato", ""])
            await icon.click()
            await expect(given).not_to_have_attribute("src", pasted or "")

            await page.evaluate(COPY, ["", "only words"])
            await icon.click()
            await expect(toast).to_contain_text(EN.forms["paste_none"])
            await field(page, "edit-prompt").fill("")
            await page.keyboard.press("Control+V")
            await expect(field(page, "edit-prompt")).to_have_value("only words")
            # As it is over plain http.
            await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
            await icon.click()
            await expect(toast).to_contain_text(EN.forms["paste_by_key"])

            await page.evaluate(DRAG, ["blob:https://there.example/1", ""])
            await expect(toast).to_contain_text(EN.forms["drop_other"])
            linked = '<a href="https://there.example/page"><img src="https://there.example/a.png"></a>'
            assert await page.evaluate(DRAG, ["https://there.example/page", linked]) == [False, False]
            await expect(field(page, "edit-image_url")).to_have_value("https://there.example/a.png")
            await expect(given).to_have_count(0)
            await page.evaluate(DRAG, ["# a comment\r\nhttps://there.example/b.png\r\n", ""])
            await expect(field(page, "edit-image_url")).to_have_value("https://there.example/b.png")

            await field(page, "edit-image_url").fill("")
            await choose_translated(page, "Seedream")
            await expect(page.locator("#edit-model input")).to_have_value(re.compile("Seedream"))
            await expect(page.locator("#edit-run.notranslate")).to_have_count(1)
            await expect(page.locator("#edit-model.notranslate")).to_have_count(1)
            thumbnail = f"{front}/studio/visitor/files/{job['images'][0]['id']}/thumbnail"
            await page.evaluate(DRAG, [thumbnail, ""])
            await expect(page.locator("#edit-source img")).to_be_visible()
            await page.context.clear_permissions()
