"""What can be seen of a page: whether words fit, and what a system's own colours leave of edges and focus."""

from playwright.async_api import Page

WIDER_THAN_THE_PAGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

CUT = """() => [...document.querySelectorAll("button, a")]
  .filter((one) => one.clientWidth && one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 200))"""
"""Buttons and links whose words don't fit."""

WITHOUT_AN_EDGE = """() => {
  const edged = (one, up = 3) => {
    const { borderTopStyle: style, borderTopWidth: width } = getComputedStyle(one);
    return (style !== "none" && parseFloat(width) > 0) || (up > 0 && edged(one.parentElement, up - 1));
  };
  const shown = { visibilityProperty: true, opacityProperty: true };
  return [...document.querySelectorAll("#bar-end button, .foot button, .tool, input, textarea, select")]
    .filter((one) => one.clientWidth > 4 && one.checkVisibility(shown))
    .filter((one) => getComputedStyle(one).appearance === "none" && !edged(one))
    .map((one) => one.outerHTML.slice(0, 200));
}"""
"""Fields and buttons that nothing sets off where a system takes the colours of their ground."""

FOCUSED = """() => {
  const one = document.activeElement;
  const outlined = (other) => {
    const { outlineStyle: style, outlineWidth: width } = getComputedStyle(other);
    return style !== "none" && parseFloat(width) >= 2;
  };
  if (one === document.body) return null;
  return outlined(one) || outlined(one.closest("label") ?? one) ? "shown" : one.outerHTML.slice(0, 200);
}"""
"""What has the focus where that does not show; null where nothing has it."""


async def without_focus(page: Page) -> list[str]:
    """What the Tab key reaches after the open tab, and does not show."""
    await page.get_by_role("tab", selected=True).focus()
    found = []
    await page.keyboard.press("Tab")
    while said := await page.evaluate(FOCUSED):
        found.append(said)
        await page.keyboard.press("Tab")
    assert len(found) > 3
    return [said for said in found if said != "shown"]
