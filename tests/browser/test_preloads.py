"""The page names in itself what of Gradio's it needs."""

import re
from importlib.resources import files

import pytest

from imagestudio.ui.gradio.head_injector import preload_names
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOADED = """performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
  .filter((path) => /^\\/assets\\/.*\\.(js|css)$/.test(path))"""


async def test_all_that_is_loaded_at_first_is_named(open_page: Open, demo_url: str) -> None:
    """Where it is not, write ui/gradio/preloads.txt anew: names in the order in which the page loads them."""
    async with open_page(demo_url) as page:
        await page.wait_for_load_state("networkidle")
        loaded = await page.evaluate(LOADED)
        html = await (await page.request.get(demo_url)).text()
    own = re.findall(r'<(?:script|link rel="stylesheet")[^>]* (?:src|href)="\./(assets/[^"]+)"', html)
    assert len(own) == 2
    needed = [path.removeprefix("/") for path in loaded]
    assert set(needed) == {*own, *(f"assets/{name}" for name in preload_names())}
    for name in preload_names():
        assert (files("gradio") / "templates" / "frontend" / "assets" / name).is_file()
        assert f'href="assets/{name}"' in html
