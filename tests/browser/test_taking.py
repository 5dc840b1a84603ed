"""The Library tab: pictures taken away with their recipes, links, edits, news and a failure."""

import base64
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from imagestudio.media.export.embed import read_recipe
from imagestudio.ui.locale import EN
from tests.browser.conftest import Open
from tests.browser.library_page import got_from, make, opened
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS = EN.library
USED = "() => document.addEventListener('studio:use', event => (window.used = event.detail))"
DROP = """async ([bytes, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name));
  for (const kind of ['dragover', 'drop'])
    document.querySelector('.library').dispatchEvent(
      new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
}"""


async def test_pictures_go_out_with_their_recipes_and_links(open_page: Open, live: Live) -> None:
    jobs = make(live.url, "zip one", "zip two", "zip three", width=256, height=512)
    make(live.url, "a recipe to keep", width=256, height=512, seed=9)
    make(live.url, "a link to give", width=256, height=256)
    async with open_page(live.url, permissions=["clipboard-read", "clipboard-write"]) as page:
        await page.evaluate(USED)
        await check_zip(page, live.url, [job["images"][0]["id"] for job in reversed(jobs)])
        await check_recipe(page)
        await check_link(page)


async def check_zip(page: Page, url: str, ids: list[str]) -> None:
    """Many are selected, and come in a zip byte for byte."""
    cells = await opened(page, "?q=zip")
    await expect(cells).to_have_count(3)
    await cells.first.click(modifiers=["Control"])
    await cells.last.click(modifiers=["Shift"])
    await expect(page.locator("#library .said")).to_have_text("3 selected")
    await page.get_by_label(WORDS["with_recipes"]).check()
    async with page.expect_download() as download:
        await page.get_by_role("button", name=WORDS["zip"]).click()
    with zipfile.ZipFile(await (await download.value).path()) as archive:
        names = archive.namelist()
        got = [archive.read(name) for name in names if not name.endswith(".json")]
        recipes = [json.loads(archive.read(name)) for name in names if name.endswith(".json")]
    assert got == [got_from(f"{url}/api/v1/image/files/{one}").content for one in ids]
    assert [recipe["prompt"] for recipe in recipes] == ["zip three", "zip two", "zip one"]


async def check_recipe(page: Page) -> None:
    """A recipe comes back from the file that it went with."""
    await show(page, "recipe")
    await page.get_by_label(WORDS["format"]).select_option("webp")
    await page.get_by_label(WORDS["recipe"], exact=True).check()
    async with page.expect_download() as download:
        await page.get_by_role("link", name=WORDS["download"]).click()
    data = Path(await (await download.value).path()).read_bytes()
    recipe = read_recipe(data)
    assert recipe
    assert recipe.prompt == "a recipe to keep"
    await page.keyboard.press("Escape")
    await page.evaluate(DROP, [base64.b64encode(data).decode(), "kept.webp"])
    await page.get_by_role("button", name=WORDS["recipe_use"]).click()
    fields = {"prompt": "a recipe to keep", "model": "flux-2-pro", "width": 256, "height": 512, "seed": 9}
    assert await page.evaluate("window.used") == {"task": "generate", "fields": fields}


async def check_link(page: Page) -> None:
    """A link is copied and revoked, and a request is copied."""
    await show(page, "link")
    toast = page.locator(".toast")
    await page.get_by_role("button", name=WORDS["copy_link"]).click()
    await expect(toast).to_contain_text(WORDS["link_copied"])
    link = await page.evaluate("navigator.clipboard.readText()")
    assert got_from(link).status_code == 200
    await toast.get_by_role("button", name=WORDS["revoke"]).click()
    await expect(toast).to_contain_text(WORDS["revoked"])
    assert got_from(link).status_code == 404
    await page.get_by_role("button", name=WORDS["copy_curl"]).click()
    await expect(toast).to_contain_text(WORDS["copied"])
    assert '"prompt": "a link to give"' in await page.evaluate("navigator.clipboard.readText()")


async def test_the_library_is_tried_again_follows_runs_and_leads_along_edits(
    open_page: Open, live: Live
) -> None:
    make(live.url, "fresh first", width=256, height=256)
    (first,) = make(live.url, "an edit's beginning", width=256, height=256)
    source = f"/api/v1/image/files/{first['images'][0]['id']}"
    make(live.url, "an edit's end", task="edit", model="flux-kontext", image_url=source)
    async with open_page(live.url, expected="status of 500") as page:
        await check_failure(page)
        await check_news(page)
        edited = await check_lineage(page)
        assert edited["file_id"] == first["images"][0]["id"]
        assert got_from(edited["url"]).status_code == 200


async def check_failure(page: Page) -> None:
    """A library that fails says so, and is tried again."""
    refusal = json.dumps({"error": {"code": "INTERNAL_ERROR", "message": "Try once more.", "details": {}}})
    await page.route("**/visitor/library?*", lambda route: route.fulfill(status=500, body=refusal))
    await page.get_by_role("tab", name=EN.tabs["library"]).click()
    await expect(page.get_by_role("alert")).to_contain_text("Try once more.")
    await page.unroute("**/visitor/library?*")
    await page.get_by_role("button", name=WORDS["retry"]).click()
    await expect(page.locator("#library .cell").first).to_be_visible()


async def check_news(page: Page) -> None:
    """What is made meanwhile appears without a reload."""
    await show(page, "fresh")
    await page.get_by_role("button", name=re.compile(WORDS["run_again"])).click()
    await expect(page.locator(".toast")).to_contain_text(WORDS["running_again"])
    # However long somebody looks at a picture: nothing moves under it, and all is there afterwards.
    await expect(page.locator("#library .fresh")).to_have_text("1 new picture")
    await page.keyboard.press("Escape")
    await expect(page.locator("#library .said")).to_have_text("2 pictures")
    await expect(page.locator("#library .cell")).to_have_count(2)


async def check_lineage(page: Page) -> dict[str, str]:
    """A picture leads along its edits; what is asked for to edit it once more."""
    await show(page, "edit")
    detail = page.locator("dialog.detail")
    await expect(detail.locator(".prompt")).to_have_text("an edit's end")
    await detail.locator(".lineage button").click()
    await expect(detail.locator(".prompt")).to_have_text("an edit's beginning")
    await expect(detail.locator(".lineage h3")).to_have_text(WORDS["edits"])
    await page.evaluate("document.addEventListener('studio:edit', event => (window.edited = event.detail))")
    await page.get_by_role("button", name=WORDS["edit"]).click()
    edited: dict[str, str] = await page.evaluate("window.edited")
    return edited


async def show(page: Page, word: str) -> None:
    """Search for a word, and open the newest picture that is found."""
    cells = await opened(page, f"?q={word}")
    await expect(cells.first.locator("img")).to_have_attribute("alt", re.compile(word))
    await cells.first.click()
