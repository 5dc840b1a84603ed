"""The Library tab with thousands of pictures: scrolled, searched, by keyboard and by touch."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Locator, Page, expect

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from imagestudio.store.migrate import migrate
from imagestudio.ui.locale import EN
from tests.browser.conftest import PHONE, Open
from tests.browser.library_page import opened
from tests.conftest import picture, served
from tests.library import seed

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS = EN.library
SMALL = {"width": 900, "height": 500}
"""Each picture that comes into sight has its thumbnail made: few are enough here."""
PICTURES = 5_000
"""More than are counted; `tests/benchmarks` has twenty times as many."""


@pytest.fixture(scope="module")
def full_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio whose only visitor has made a great many pictures."""
    data = tmp_path_factory.mktemp("full")
    database = f"sqlite:///{data / 'studio.db'}"
    (data / "files" / "aa").mkdir(parents=True)
    (data / "files" / "aa" / "one.png").write_bytes(picture(96, 72))
    migrate(database)
    seed(data / "studio.db", PICTURES, "local", name="aa/one.png")
    with served(lambda: create_app(load_settings({"IMAGESTUDIO_DATA_DIR": data}))) as url:
        yield url


async def test_thousands_scroll_like_ten_are_found_and_gone_through_by_keys(
    open_page: Open, full_url: str
) -> None:
    async with open_page(full_url, SMALL) as page:
        cells = await opened(page)
        said = page.locator("#library .said")
        await expect(said).to_have_text("more than 1,000 pictures")
        for _ in range(6):
            height = await page.evaluate("document.documentElement.scrollHeight")
            await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
            await page.wait_for_function("was => document.documentElement.scrollHeight > was", arg=height)
        assert await cells.count() < 150
        assert await page.locator("#library .sheet").evaluate("one => one.clientHeight") > 10_000

        await page.locator("#library [name=q]").fill("portrat numb 4000")
        await expect(said).to_have_text("1 picture")
        await expect(cells.first.locator("img")).to_have_attribute("alt", re.compile("Porträt number 4000"))
        assert "#library?q=portrat+numb+4000" in page.url
        await page.reload()
        await expect(said).to_have_text("1 picture")
        await page.get_by_label(WORDS["clear_search"]).click()
        await page.locator("#library [name=model]").select_option("imagen-4")
        await expect(said).to_have_text("more than 1,000 pictures")
        await page.locator("#library [name=q]").fill("nothing has these words")
        await expect(page.get_by_role("heading", name=WORDS["none_title"])).to_be_visible()
        await page.get_by_role("button", name=WORDS["reset"]).click()
        await expect(page.locator("#library [name=model]")).to_have_value("")
        await expect(cells.first.locator("img")).to_have_attribute(
            "alt", re.compile(f"picture {PICTURES - 1}:")
        )
        await move_by_keys(page, cells)


async def move_by_keys(page: Page, cells: Locator) -> None:
    """The keyboard alone moves, opens, marks and deletes."""
    await cells.first.focus()
    await page.keyboard.press("End")
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowRight")
    second = page.locator('#library .cell[data-index="1"]')
    await expect(second).to_be_focused()
    chosen = await second.get_attribute("data-id")
    await page.keyboard.press("f")
    await expect(second.locator(".heart")).to_be_visible()
    await page.keyboard.press("Enter")
    detail = page.locator("dialog.detail")
    await expect(detail.locator("dl")).to_contain_text("1024 × 768")
    await expect(page.get_by_role("button", name=WORDS["favour"], exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    await page.keyboard.press("ArrowRight")
    await expect(detail.locator(".prompt")).to_contain_text(f"picture {PICTURES - 3}:")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Escape")
    await expect(second).to_be_focused()
    await page.keyboard.press("Delete")
    await expect(second).not_to_have_attribute("data-id", chosen or "")
    await page.get_by_role("button", name=WORDS["undo"]).click()
    await expect(second).to_have_attribute("data-id", chosen or "")
    await page.get_by_role("button", name=WORDS["favourites"]).click()
    await expect(page.locator("#library .said")).to_have_text("1 picture")


async def test_on_a_phone_taps_select_and_a_swipe_goes_on(open_page: Open, full_url: str) -> None:
    async with open_page(full_url, PHONE, has_touch=True, is_mobile=True) as page:
        cells = await opened(page)
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await page.get_by_role("button", name=WORDS["select"], exact=True).tap()
        await cells.nth(0).tap()
        await cells.nth(2).tap()
        await expect(page.locator("#library .said")).to_have_text("2 selected")
        await page.get_by_role("button", name=WORDS["select_end"]).tap()
        await cells.nth(0).tap()
        prompt = page.locator("dialog.detail .prompt")
        await expect(prompt).to_contain_text(f"picture {PICTURES - 1}:")
        await page.locator("dialog.detail .mat").evaluate(
            """mat => [['touchstart', 300], ['touchend', 100]].forEach(([kind, x]) => {
              const touch = new Touch({ identifier: 1, target: mat, clientX: x, clientY: 300 });
              const touches = kind === 'touchend' ? [] : [touch];
              mat.dispatchEvent(new TouchEvent(kind, { touches, changedTouches: [touch], bubbles: true }));
            })"""
        )
        await expect(prompt).to_contain_text(f"picture {PICTURES - 2}:")
        await page.get_by_role("button", name=WORDS["close"]).tap()
        await expect(page.locator("dialog.detail")).to_be_hidden()
