"""A real Chromium, and pages of it that fail their test on an error in the console or a request elsewhere."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Request, async_playwright, expect

from imagestudio.core.request import Task
from imagestudio.core.settings import load_settings
from imagestudio.ui.catalog_data import choices
from tests.conftest import KEYS

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

PLACE = "one => { const box = one.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }"
"""An element's left, top, width and height, in a script."""

expect.set_options(timeout=20_000)

LEFT = "AbortError: signal is aborted|Connection errored out"
"""What Gradio says of what it asks for while its page is being left; else it is an error like any other."""

Open = Callable[..., AbstractAsyncContextManager[Page]]


def chromium(own: str, config: pytest.Config | None = None) -> str:
    """The browser's path: one that is installed, or Playwright's `own`, brought if need be and said so in a
    line. In a test its `config` shows that line at once."""
    if installed := next(filter(None, map(shutil.which, NAMES)), None):
        return installed
    if not Path(own).exists():
        capture = config.pluginmanager.getplugin("capturemanager") if config else None
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            print("No Chromium is installed: playwright install chromium brings one.", file=sys.stderr)  # noqa: T201
        install = [sys.executable, "-m", "playwright", "install", "chromium"]
        brought = subprocess.run(install, capture_output=True, text=True)
        if brought.returncode or not Path(own).exists():
            why = (brought.stderr.strip() or brought.stdout.strip() or "no reason given").splitlines()[-1]
            pytest.fail(
                f"No Chromium is installed, and playwright install chromium fails: {why}", pytrace=False
            )
    return own


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(pytestconfig: pytest.Config) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        path = await asyncio.to_thread(chromium, playwright.chromium.executable_path, pytestconfig)
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def open_page(browser: Browser) -> Open:
    """Opens a studio's page as a new visitor."""

    @asynccontextmanager
    async def opened(
        url: str, viewport: Any = None, expected: str | None = None, **context: Any
    ) -> AsyncIterator[Page]:
        visitor = await browser.new_context(viewport=viewport or WIDE, **context)
        page = await visitor.new_page()
        errors: list[str] = []
        elsewhere: list[str] = []
        leaving = Leaving(page)

        def hear(text: str) -> None:
            if not (leaving.under_way and re.search(LEFT, text)):
                errors.append(text)

        page.on("console", lambda message: hear(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: hear(str(error)))
        page.on(
            "request", lambda request: elsewhere.append(request.url) if foreign(request.url, url) else None
        )
        await ready(page, url)
        yield page
        found = [error for error in errors if not (expected and re.search(expected, error))]
        await visitor.close()
        assert found == []
        assert elsewhere == []

    return opened


class Leaving:
    """Whether a page is being left: from the request for the next document until that one is there."""

    def __init__(self, page: Page) -> None:
        self.under_way = False
        page.on("request", self._ask)
        page.on("requestfailed", self._end)
        page.on("domcontentloaded", lambda _page: self._set(False))
        page.on("close", lambda _page: self._set(True))

    def _ask(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self._set(True)

    def _end(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self._set(False)

    def _set(self, under_way: bool) -> None:
        self.under_way = under_way


def foreign(address: str, url: str) -> bool:
    """Whether a request left the studio's own origin."""
    parts = urlsplit(address)
    return parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(url).netloc


async def ready(page: Page, url: str) -> None:
    """Load the page, up to the price that its script tells."""
    await page.goto(url)
    await expect(page.locator("#generate-note .price")).to_be_visible()


async def choose(page: Page, task: str, label: str) -> None:
    """Choose a model in the list."""
    await page.locator(f"#{task}-model input").click()
    await page.get_by_role("option", name=label, exact=True).click()


def field(page: Page, name: str) -> Locator:
    """A control's own inputs."""
    return page.locator(f"#{name} :is(input, textarea)")


async def run(page: Page, prompt: str, task: str = "generate") -> None:
    """Write a prompt and run it from the keyboard."""
    await field(page, f"{task}-prompt").fill(prompt)
    await page.keyboard.press("Control+Enter")


def newest(url: str) -> dict[str, Any]:
    job: dict[str, Any] = httpx.get(f"{url}/api/v1/image/jobs?limit=1").json()["data"]["jobs"][0]
    return job


def labels(task: Task) -> dict[str, str]:
    """What the list calls each model of a live studio."""
    return {model: label for label, model in choices(task, load_settings(KEYS))}
