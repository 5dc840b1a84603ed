"""A real Chromium, and pages of it that fail their test on an error in the console or a request elsewhere."""

import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

PLACE = "one => { const box = one.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }"
"""An element's left, top, width and height, in a script."""

expect.set_options(timeout=20_000)

LEFT = "AbortError: signal is aborted|Connection errored out"
"""What Gradio says where a page is loaded anew while it asks for something."""

Open = Callable[..., AbstractAsyncContextManager[Page]]


def chromium() -> str:
    """The browser's path."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, f"The browser tests need a Chromium. Install one that is called {' or '.join(NAMES)}."
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
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
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "request", lambda request: elsewhere.append(request.url) if foreign(request.url, url) else None
        )
        await ready(page, url)
        yield page
        found = [error for error in errors if not re.search(f"{LEFT}|{expected or LEFT}", error)]
        await visitor.close()
        assert found == []
        assert elsewhere == []

    return opened


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
