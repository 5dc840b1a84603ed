"""The Library tab: pictures taken away with their recipes, links, edits, and its empty and broken states."""

import base64
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import expect

from imagestudio.core.settings import load_settings
from imagestudio.media.export.embed import read_recipe
from imagestudio.server.create import create_app
from imagestudio.ui.locale import EN
from tests.browser.conftest import Open
from tests.browser.library_page import got_from, make, opened
from tests.conftest import Live, served

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


async def test_many_are_selected_and_come_in_a_zip_byte_for_byte(open_page: Open, live: Live) -> None:
    jobs = make(live.url, "zip one", "zip two", "zip three", width=256, height=512)
    async with open_page(live.url) as page:
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
        ids = [job["images"][0]["id"] for job in reversed(jobs)]
        assert got == [got_from(f"{live.url}/api/v1/image/files/{one}").content for one in ids]
        assert [recipe["prompt"] for recipe in recipes] == ["zip three", "zip two", "zip one"]


async def test_a_recipe_comes_back_from_the_file_that_it_went_with(open_page: Open, live: Live) -> None:
    make(live.url, "a recipe to keep", width=256, height=512, seed=9)
    async with open_page(live.url) as page:
        cells = await opened(page, "?q=recipe")
        await cells.first.click()
        await page.get_by_label(WORDS["format"]).select_option("webp")
        await page.get_by_label(WORDS["recipe"], exact=True).check()
        async with page.expect_download() as download:
            await page.get_by_role("link", name=WORDS["download"]).click()
        data = Path(await (await download.value).path()).read_bytes()
        recipe = read_recipe(data)
        assert recipe
        assert recipe.prompt == "a recipe to keep"
        await page.keyboard.press("Escape")
        await page.evaluate(USED)
        await page.evaluate(DROP, [base64.b64encode(data).decode(), "kept.webp"])
        await page.get_by_role("button", name=WORDS["recipe_use"]).click()
        fields = {"prompt": "a recipe to keep", "model": "flux-2-pro", "width": 256, "height": 512, "seed": 9}
        assert await page.evaluate("window.used") == {"task": "generate", "fields": fields}


async def test_a_link_is_copied_and_revoked_and_a_request_is_copied(open_page: Open, live: Live) -> None:
    make(live.url, "a link to give", width=256, height=256)
    allowed = ["clipboard-read", "clipboard-write"]
    async with open_page(live.url, permissions=allowed) as page:
        await (await opened(page, "?q=link")).first.click()
        await page.get_by_role("button", name=WORDS["copy_link"]).click()
        await expect(page.locator(".toast")).to_contain_text(WORDS["link_copied"])
        link = await page.evaluate("navigator.clipboard.readText()")
        assert got_from(link).status_code == 200
        await page.locator(".toast").get_by_role("button", name=WORDS["revoke"]).click()
        await expect(page.locator(".toast")).to_contain_text(WORDS["revoked"])
        assert got_from(link).status_code == 404
        await page.get_by_role("button", name=WORDS["copy_curl"]).click()
        await expect(page.locator(".toast")).to_contain_text(WORDS["copied"])
        assert '"prompt": "a link to give"' in await page.evaluate("navigator.clipboard.readText()")


async def test_what_is_made_meanwhile_appears_without_a_reload(open_page: Open, live: Live) -> None:
    make(live.url, "fresh first", width=256, height=256)
    async with open_page(live.url) as page:
        cells = await opened(page, "?q=fresh")
        await cells.first.click()
        await page.get_by_role("button", name=re.compile(WORDS["run_again"])).click()
        await expect(page.locator(".toast")).to_contain_text(WORDS["running_again"])
        # However long somebody looks at a picture: nothing moves under it, and all is there afterwards.
        await expect(page.locator("#library .fresh")).to_have_text(re.compile("1 new picture"))
        await page.keyboard.press("Escape")
        await expect(page.locator("#library .said")).to_have_text("2 pictures")
        await expect(cells).to_have_count(2)


async def test_an_empty_library_offers_an_example(open_page: Open, tmp_path: Path) -> None:
    with served(lambda: create_app(load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path}))) as url:
        async with open_page(url) as page:
            await page.get_by_role("tab", name=EN.tabs["library"]).click()
            await page.evaluate(USED)
            await page.get_by_role("button", name=WORDS["empty_action"]).click()
            used = {"task": "generate", "fields": {"prompt": WORDS["empty_example"]}}
            assert await page.evaluate("window.used") == used


async def test_a_library_that_fails_says_so_and_is_tried_again(open_page: Open, live: Live) -> None:
    make(live.url, "broken once", width=256, height=256)
    refusal = json.dumps({"error": {"code": "INTERNAL_ERROR", "message": "Try once more.", "details": {}}})
    async with open_page(live.url, expected="status of 500") as page:
        await page.route("**/visitor/library?*", lambda route: route.fulfill(status=500, body=refusal))
        await page.get_by_role("tab", name=EN.tabs["library"]).click()
        await expect(page.get_by_role("alert")).to_contain_text("Try once more.")
        await page.unroute("**/visitor/library?*")
        await page.get_by_role("button", name=WORDS["retry"]).click()
        await expect(page.locator("#library .cell").first).to_be_visible()


async def test_a_detail_leads_along_the_edits(open_page: Open, live: Live) -> None:
    (first,) = make(live.url, "an edit's beginning", width=256, height=256)
    source = f"/api/v1/image/files/{first['images'][0]['id']}"
    make(live.url, "an edit's end", task="edit", model="flux-kontext", image_url=source)
    async with open_page(live.url) as page:
        await (await opened(page, "?q=edit")).first.click()
        detail = page.locator("dialog.detail")
        await expect(detail.locator(".prompt")).to_have_text("an edit's end")
        await detail.locator(".lineage button").click()
        await expect(detail.locator(".prompt")).to_have_text("an edit's beginning")
        await expect(detail.locator(".lineage h3")).to_have_text(WORDS["edits"])
        await page.evaluate(
            "document.addEventListener('studio:edit', event => (window.edited = event.detail))"
        )
        await page.get_by_role("button", name=WORDS["edit"]).click()
        edited = await page.evaluate("window.edited")
        assert edited["file_id"] == first["images"][0]["id"]
        assert got_from(edited["url"]).status_code == 200
