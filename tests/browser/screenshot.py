"""Take the picture that opens the README: `python -m tests.browser.screenshot`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from imagestudio.server import create_app
from imagestudio.settings import load_settings
from tests.browser.conftest import ARGUMENTS, WIDE, chromium
from tests.conftest import served

TARGET = Path(__file__).parents[2] / "assets" / "screenshot.png"
FORM = {
    "prompt": "A quiet mountain lake at sunset, pine trees, soft clouds",
    "width": "1536",
    "height": "1024",
    "seed": "11",
}


def take(url: str) -> None:
    """Run a demo and keep what a wide screen shows of it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport=WIDE, color_scheme="light")
        page.goto(url)
        page.wait_for_selector("#generate-note .price")
        for name, value in FORM.items():
            page.locator(f"#generate-{name} :is(input, textarea)").fill(value)
        page.locator("#generate-run").click()
        page.locator("#generate-results img").evaluate("image => image.decode()")
        page.mouse.move(0, 0)
        page.screenshot(path=TARGET)
        browser.close()


def main() -> None:
    """Serve a demo for as long as the picture takes."""
    with tempfile.TemporaryDirectory() as data:
        settings = load_settings({"IMAGESTUDIO_SANDBOX": "on", "IMAGESTUDIO_DATA_DIR": data})
        with served(lambda: create_app(settings)) as url:
            take(url)


if __name__ == "__main__":
    main()
