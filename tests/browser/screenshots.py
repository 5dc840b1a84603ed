"""Take the pictures of the page that the documents show: `python -m tests.browser.screenshots`."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from imagestudio.sandbox import create_sandbox
from imagestudio.server import create_app
from imagestudio.settings import load_settings
from tests.browser.conftest import ARGUMENTS, PHONE, WIDE, chromium
from tests.conftest import KEYS, served

ASSETS = Path(__file__).parents[2] / "assets"
FOLDER = ASSETS / "screenshots"
COLOURS = 192
FORM = {
    "prompt": "A quiet mountain lake at sunset, pine trees, soft clouds",
    "width": "1536",
    "height": "1024",
    "seed": "11",
}
MORE = (
    "A red fox in fresh snow",
    "A poster for a jazz night, the words BLUE HOUR",
    "A still life with pears",
)
REFUSED = "A quiet mountain lake demo:refuse"
ENDED = "#generate-status :is(.refusal, .done)"


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
            "demo": load_settings({"IMAGESTUDIO_SANDBOX": "on", "IMAGESTUDIO_DATA_DIR": demo}),
            "live": load_settings({**KEYS, **origins, "IMAGESTUDIO_DATA_DIR": live}),
        }
        with (
            served(lambda: create_app(settings["demo"])) as one,
            served(lambda: create_app(settings["live"])) as other,
        ):
            yield {"demo": one, "live": other}


def keep(page: Page, path: Path) -> None:
    """What the window shows, as a small PNG."""
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def run(page: Page, **form: str) -> None:
    """Fill the form and run it, to its end."""
    page.get_by_role("tab").first.click()
    for name, value in form.items():
        page.locator(f"#generate-{name} :is(input, textarea)").first.fill(value)
    for old in page.locator(ENDED).all():
        old.evaluate("one => one.setAttribute('data-old', '')")
    page.locator("#generate-run").click()
    page.wait_for_selector(f"{ENDED}:not([data-old])")


def every_tab(page: Page, name: str) -> None:
    """A picture of each tab, by its name."""
    for tab in page.get_by_role("tab").all():
        tab.click()
        keep(page, FOLDER / f"{name}-{tab.inner_text().lower()}.png")


@contextmanager
def opened(browser: Browser, url: str, view: View) -> Iterator[Page]:
    visitor = browser.new_context(viewport=view.viewport, color_scheme=view.scheme, reduced_motion="reduce")
    page = visitor.new_page()
    page.goto(url)
    page.wait_for_selector("#generate-note .price")
    yield page
    visitor.close()


def take_full(page: Page, name: str) -> None:
    """A refusal, then each tab with pictures."""
    run(page, prompt=REFUSED)
    keep(page, FOLDER / f"{name}-error.png")
    for form in (*({"prompt": prompt} for prompt in MORE), FORM):
        run(page, **form)
    page.locator("#generate-results .mat.done img").evaluate("image => image.decode()")
    if name == "demo-wide-light":
        page.screenshot(path=ASSETS / "screenshot.png")
    every_tab(page, f"{name}-full")


def main() -> None:
    """Serve both studios for as long as the pictures take."""
    FOLDER.mkdir(exist_ok=True)
    with studios() as urls, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for name, url in urls.items():
            # On one's own machine all visitors are one: the empty tabs come first.
            for view in VIEWS:
                with opened(browser, url, view) as page:
                    every_tab(page, f"{name}-{view.name}-empty")
            for view in VIEWS:
                with opened(browser, url, view) as page:
                    take_full(page, f"{name}-{view.name}")
        browser.close()


if __name__ == "__main__":
    main()
