"""What axe-core finds on a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

WEIGHTY = ("serious", "critical")
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations"""


async def faults(page: Page) -> list[str]:
    """Every serious or critical one, with where it is."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    return [
        f"{fault['id']}: {node['target']} {node['html'][:200]}"
        for fault in await page.evaluate(RUN)
        if fault["impact"] in WEIGHTY
        for node in fault["nodes"]
    ]
