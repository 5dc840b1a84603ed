"""The library asks for news while something runs or somebody comes back to it, and else is still."""

import asyncio

import pytest
from playwright.async_api import APIResponse, Page, Route, expect

from tests.browser.conftest import Open, ready
from tests.browser.library_page import make, opened, until_ended
from tests.conftest import Live

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
COME_BACK = "dispatchEvent(new Event('focus'))"
START = """async prompt => {
  const answer = await fetch('api/v1/image/generate', {
    method: 'POST', headers: { 'Content-Type': 'application/json', Prefer: 'respond-async' },
    body: JSON.stringify({ prompt, width: 256, height: 256 }) });
  document.dispatchEvent(new CustomEvent('studio:started'));
  return (await answer.json()).data.id;
}"""


async def test_a_still_library_asks_nothing_until_somebody_comes_back(open_page: Open, live: Live) -> None:
    make(live.url, "news first", width=256, height=256)
    async with open_page(live.url) as page:
        await page.clock.install()
        await ready(page, live.url)
        cells = await opened(page, "?q=news")
        await expect(cells).to_have_count(1)
        # All is loaded: before that it does not ask.
        await expect(page.locator("#library .said")).to_have_text("1 picture")
        async with page.expect_response(lambda got: "after=" in got.url):
            await page.evaluate(COME_BACK)
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url) if "/visitor/library?" in one.url else None)
        await page.clock.run_for(60_000)
        assert asked == []

        make(live.url, "news second", width=256, height=256)
        await page.evaluate(HIDE, True)
        await page.evaluate(COME_BACK)
        await page.clock.run_for(60_000)
        assert asked == []
        await page.evaluate(HIDE, False)
        await expect(cells).to_have_count(2)


async def test_while_something_runs_its_picture_is_waited_for(open_page: Open, demo_url: str) -> None:
    make(demo_url, "tardy first", width=256, height=256)
    async with open_page(demo_url) as page:
        cells = await opened(page, "?q=tardy")
        await expect(cells).to_have_count(1)
        async with page.expect_response(lambda got: "after=" in got.url):
            job_id = await page.evaluate(START, "tardy second")
        await until_ended(demo_url, job_id)
        await expect(cells).to_have_count(2)
        await check_late_answer(page, demo_url)
        await expect(cells).to_have_count(3)


async def check_late_answer(page: Page, url: str) -> None:
    """An answer that comes late hides no run: it was given before that began, and says that nothing runs."""
    late: asyncio.Future[tuple[Route, APIResponse]] = asyncio.get_running_loop().create_future()

    async def hold_the_first(route: Route) -> None:
        if late.done():
            await route.continue_()
        else:
            late.set_result((route, await route.fetch()))

    await page.route("**/visitor/library?*after=*", hold_the_first)
    while not late.done():
        # What comes while the library still asks is not asked for.
        await page.evaluate(COME_BACK)
        await asyncio.sleep(0.05)
    route, answer = await late
    job_id = await page.evaluate(START, "tardy third demo:slow")
    await route.fulfill(response=answer)
    await until_ended(url, job_id)
