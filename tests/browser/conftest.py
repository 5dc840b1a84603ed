"""A real Chromium, and pages of it that fail their test on an error in the console or a request elsewhere."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

from imagestudio.core.request import Task
from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from imagestudio.ui.catalog_data import choices
from tests.conftest import KEYS, served

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FEATURES = (
    # Of the browser's own window, which draws a page of its own for each of ours: half of all that it costs.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    # What Playwright leaves out: of two such lists Chromium reads the last.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    f"--disable-features={','.join(FEATURES)}",
]
PATIENT_MS = 60_000
"""What is waited for comes at once where nothing else is going on; a busy machine may take its time."""
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

PLACE = "one => { const box = one.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }"
"""An element's left, top, width and height, in a script."""

expect.set_options(timeout=PATIENT_MS)

LEFT = "AbortError: signal is aborted|Connection errored out"
"""What Gradio says of what it asks for while its page is being left; else it is an error like any other."""

Open = Callable[..., AbstractAsyncContextManager[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(300))


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


@pytest.fixture(scope="session")
def public_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo that strangers can reach: each browser is a visitor of its own."""
    settings = {"GRADIO_SERVER_NAME": "0.0.0.0", "IMAGESTUDIO_DATA_DIR": tmp_path_factory.mktemp("public")}
    with served(lambda: create_app(load_settings(settings))) as url:
        yield url


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
    profiles = Profiles(browser)

    @asynccontextmanager
    async def opened(
        url: str, viewport: Any = None, expected: str | None = None, **context: Any
    ) -> AsyncIterator[Page]:
        async with profiles.of_a_stranger(url, viewport=viewport or WIDE, **context) as page:
            errors: list[str] = []
            elsewhere: list[str] = []
            await page.add_init_script(Leaving.SCRIPT)
            leaving = Leaving(page)

            def hear(text: str) -> None:
                if not (leaving.under_way and re.search(LEFT, text)):
                    errors.append(text)

            def watch(request: Request) -> None:
                if foreign(request.url, url):
                    elsewhere.append(request.url)

            page.on("console", lambda message: hear(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: hear(str(error)))
            page.on("request", watch)
            await ready(page, url)
            yield page
            found = [error for error in errors if not (expected and re.search(expected, error))]
        assert found == []
        assert elsewhere == []

    return opened


class Profiles:
    """The browser's profiles, of which each serves one visitor after the other: a new one has to load and
    compile every script anew, which takes longer than most tests. What a page keeps is gone in between."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[str, list[BrowserContext]] = {}

    @asynccontextmanager
    async def of_a_stranger(self, url: str, **options: Any) -> AsyncIterator[Page]:
        """A page of somebody who was never there. After a failure nobody has the profile again."""
        idle = self._idle.setdefault(repr(options), [])
        profile = idle.pop() if idle else await self._browser.new_context(**options)
        profile.set_default_timeout(PATIENT_MS)
        page = await profile.new_page()
        try:
            devtools = await profile.new_cdp_session(page)
            await devtools.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
            await devtools.detach()
            yield page
            for one in profile.pages:
                await one.close()
            await profile.clear_cookies()
        except BaseException:
            await profile.close()
            raise
        idle.append(profile)


class Leaving:
    """Whether a page is being left. Its documents say so themselves, in the console, in order with what else
    they say: what Playwright tells of requests may come later than that on a busy machine."""

    LEFT, COME = "this document is left", "this document is there"
    SCRIPT = f"""if (window === top) {{
      console.debug("{COME}");
      addEventListener("beforeunload", () => console.debug("{LEFT}"));
    }}"""

    def __init__(self, page: Page) -> None:
        self.under_way = False
        page.on("console", self._hear)
        page.on("requestfailed", self._stay)
        page.on("close", self._end)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text in (self.LEFT, self.COME):
            self.under_way = message.text == self.LEFT

    def _stay(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.under_way = False

    def _end(self, _page: Page) -> None:
        self.under_way = True


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
