"""The page names in itself what of Gradio's it needs."""

import re
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

from imagestudio.ui.gradio.head_injector import preload_names
from tests.browser.conftest import Open, ready

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOADED = re.compile(r"/(assets/.*\.(?:js|css))")


async def test_all_that_is_loaded_at_first_is_named(open_page: Open, demo_url: str) -> None:
    """Where it is not, write ui/gradio/preloads.txt anew: names in the order in which the page loads them."""
    asked: list[str] = []
    async with open_page(demo_url) as page:
        # What the browser itself tells of a page's files leaves out those that it has in memory.
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        await ready(page, demo_url)
        await page.wait_for_load_state("networkidle")
        html = await (await page.request.get(demo_url)).text()
    own = re.findall(r'<(?:script|link rel="stylesheet")[^>]* (?:src|href)="\./(assets/[^"]+)"', html)
    assert len(own) == 2
    needed = {found[1] for path in asked if (found := LOADED.fullmatch(path))}
    assert needed == {*own, *(f"assets/{name}" for name in preload_names())}
    for name in preload_names():
        assert (files("gradio") / "templates" / "frontend" / "assets" / name).is_file()
        assert f'href="assets/{name}"' in html
