"""What axe-core finds on a page."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

WEIGHTY = ("serious", "critical")


async def faults(page: Page) -> list[str]:
    """Every serious or critical one, with where it is."""
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{fault['id']}: {node['target']} {node['html'][:200]}"
        for fault in found
        if fault["impact"] in WEIGHTY
        for node in fault["nodes"]
    ]
