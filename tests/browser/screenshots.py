"""Take the pictures in `assets/screenshots`, in some minutes: `python -m tests.browser.screenshots`."""

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from imagestudio.core.settings import load_settings
from imagestudio.sandbox import create_sandbox
from imagestudio.server.create import create_app
from tests.browser.conftest import ARGUMENTS, PHONE, WIDE, chromium
from tests.conftest import KEYS, served

FOLDER = Path(__file__).parents[2] / "assets" / "screenshots"
QUALITY = 84
WAIT_MS = 120_000
MADE = (
    {"prompt": "A red fox in fresh snow", "model": "imagen-4"},
    {"prompt": "A poster for a jazz night, the words BLUE HOUR", "model": "ideogram-v3"},
    {"prompt": "A still life with pears", "model": "qwen-image", "width": 1024, "height": 1365},
    {"prompt": "Hills at dawn, a long view", "model": "flux-2-klein", "width": 1536, "height": 768},
    {"prompt": "A paper boat on a still lake", "model": "sd-3.5"},
)
"""What is in the library already."""
FORM = {
    "prompt": "A quiet mountain lake at sunset, pine trees, soft clouds",
    "width": "1536",
    "height": "1024",
    "seed": "11",
}
REFUSED = "A quiet mountain lake demo:refuse"


@dataclass(frozen=True)
class View:
    """A window, and what its system prefers."""

    name: str
    viewport: Any
    scheme: Any


VIEWS = [
    View(f"{size}-{scheme}", viewport, scheme)
    for size, viewport in (("wide", WIDE), ("phone", PHONE))
    for scheme in ("light", "dark")
]


@contextmanager
def studios() -> Iterator[dict[str, str]]:
    """A demo, and a live studio whose providers are the emulator; their addresses."""
    with (
        tempfile.TemporaryDirectory() as demo,
        tempfile.TemporaryDirectory() as live,
        served(create_sandbox, lifespan="off") as providers,
    ):
        origins = {
            f"IMAGESTUDIO_{name.upper()}_BASE_URL": f"{providers}/{name}" for name in ("google", "bfl", "fal")
        }
        settings = {
            "demo": load_settings({"IMAGESTUDIO_DATA_DIR": demo}),
            "live": load_settings({**KEYS, **origins, "IMAGESTUDIO_DATA_DIR": live}),
        }
        with (
            served(lambda: create_app(settings["demo"])) as one,
            served(lambda: create_app(settings["live"])) as other,
        ):
            yield {"demo": one, "live": other}


def keep(page: Page, name: str) -> None:
    """What the window shows, once it has come to rest."""
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def run(page: Page, task: str, ending: str, **form: str) -> None:
    """Fill a form and run it, until its status says so."""
    for name, value in form.items():
        page.locator(f"#{task}-{name} :is(input, textarea)").first.fill(value)
    page.locator(f"#{task}-run").click()
    page.wait_for_selector(f"#{task}-status .{ending}")


@contextmanager
def opened(browser: Browser, url: str, view: View) -> Iterator[Page]:
    visitor = browser.new_context(viewport=view.viewport, color_scheme=view.scheme, reduced_motion="reduce")
    page = visitor.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(url)
    page.wait_for_selector("#generate-note .price")
    yield page
    visitor.close()


def take_empty(page: Page, name: str) -> None:
    """Each tab as a newcomer sees it, and the dialog of the keys."""
    for title in ("Generate", "Edit", "Compare", "Library"):
        tab(page, title)
        keep(page, f"{name}-empty-{title.lower()}")
    page.locator(".bar-end button.quiet").first.click()
    page.wait_for_selector("dialog[open]")
    keep(page, f"{name}-keys")


def fill(url: str) -> None:
    """Some pictures, of several models and shapes."""
    with httpx.Client(base_url=url, timeout=60) as client:
        for fields in MADE:
            client.post("/api/v1/image/generate", json=fields).raise_for_status()


def compare(page: Page) -> None:
    """Four models side by side, and a vote for the second."""
    tab(page, "Compare")
    page.get_by_role("button", name="Try this with four models").click()
    page.locator("#compare-run:enabled").click()
    page.locator(".compare.votable .choice").nth(1).click()
    page.wait_for_selector(".compare .ranking table")


def take_full(page: Page, name: str) -> None:
    """A refusal, each tab with pictures, and one picture large with all that is known of it."""
    run(page, "generate", "refusal", prompt=REFUSED)
    keep(page, f"{name}-error")
    run(page, "generate", "done", **FORM)
    page.wait_for_selector("#generate-results .mat.done img")
    keep(page, f"{name}-full-generate")
    page.locator("#generate-results").get_by_role("button", name="Edit this").first.click()
    run(page, "edit", "done", prompt="Make it winter")
    keep(page, f"{name}-full-edit")
    tab(page, "Compare")
    page.wait_for_selector(".compare .card img")
    page.wait_for_function("!document.querySelector('.compare .card img:not(.there)')")
    keep(page, f"{name}-full-compare")
    tab(page, "Library")
    page.wait_for_selector("#library .cell img")
    keep(page, f"{name}-full-library")
    page.locator("#library .cell").first.click()
    page.wait_for_selector("dialog[open] img")
    keep(page, f"{name}-detail")


def main() -> None:
    """Serve both studios for as long as the pictures take."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with studios() as urls, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(playwright.chromium.executable_path), args=ARGUMENTS
        )
        for studio, url in urls.items():
            # On one's own machine all visitors are one: the empty tabs come first.
            for view in VIEWS:
                with opened(browser, url, view) as page:
                    take_empty(page, f"{studio}-{view.name}")
            fill(url)
            with opened(browser, url, VIEWS[0]) as page:
                compare(page)
            for view in VIEWS:
                with opened(browser, url, view) as page:
                    take_full(page, f"{studio}-{view.name}")
        browser.close()


if __name__ == "__main__":
    main()
