"""What axe-core finds on a page."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

WEIGHTY = ("serious", "critical")
BY_SIGHT = ("color-contrast", "scrollable-region-focusable")
"""The rules whose answer depends on colours and places: all others see one page, however it is drawn."""
RUN = """async (rules) => (await axe.run(document, {
  resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }),
})).violations"""


async def faults(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """Every serious or critical one, with where it is; of these rules, or of all."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    return [
        f"{fault['id']}: {node['target']} {node['html'][:200]}"
        for fault in await page.evaluate(RUN, rules)
        if fault["impact"] in WEIGHTY
        for node in fault["nodes"]
    ]
