"""A file with a recipe, dropped on any tab, brings its settings back."""

import base64
import io
import re
import zipfile

import pytest
from playwright.async_api import Page, expect

from imagestudio.ui.locale import EN
from tests.browser.conftest import Open, field
from tests.browser.library_page import make
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DROP = """([target, bytes, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name));
  const on = document.querySelector(target);
  return ['dragover', 'drop'].map(kind =>
    on.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data })));
}"""
PLACES = {
    "generate": "#generate-prompt textarea",
    "edit": "#edit-prompt textarea",
    "compare": "#compare",
    "library": "#library",
}


async def taken(page: Page, file_id: str, format: str) -> bytes:
    """A picture with its recipe, as the page's link brings it."""
    answer = await page.request.get(
        f"{page.url.partition('#')[0]}visitor/files/{file_id}/download?format={format}&recipe=1"
    )
    return await answer.body()


async def test_every_kind_of_file_is_taken_on_every_tab(open_page: Open, live: Live) -> None:
    (job,) = make(live.url, "a heron of before", width=512, height=256, seed=5)
    (drawn,) = make(live.url, "a drawn heron", model="recraft-v4", vector=True)
    async with open_page(live.url) as page:
        files = {
            f"heron.{kind}": await taken(page, job["images"][0]["id"], kind)
            for kind in ("png", "webp", "jpeg")
        }
        with zipfile.ZipFile(io.BytesIO(await taken(page, drawn["images"][0]["id"], "original"))) as archive:
            (name,) = [one for one in archive.namelist() if one.endswith(".json")]
            files[name] = archive.read(name)
        for (tab, place), (name, data) in zip(PLACES.items(), files.items(), strict=True):
            await page.get_by_role("tab", name=EN.tabs[tab]).click()
            await expect(page.locator(place)).to_be_visible()
            # Neither is left to the browser, which would open the file.
            assert await page.evaluate(DROP, [place, base64.b64encode(data).decode(), name]) == [False, False]
            await page.get_by_role("button", name=EN.library["recipe_use"]).click()
            of_drawing = name.endswith(".json")
            prompt = "a drawn heron" if of_drawing else "a heron of before"
            await expect(field(page, "generate-prompt")).to_be_visible()
            await expect(field(page, "generate-prompt")).to_have_value(prompt)
            if of_drawing:
                await expect(page.locator("#generate-vector input")).to_be_checked()
                await expect(page.locator("#generate-model input")).to_have_value(re.compile("Recraft V4"))
            else:
                await expect(field(page, "generate-seed")).to_have_value("5")
            await field(page, "generate-prompt").fill("")
