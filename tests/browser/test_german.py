"""A German browser finds no English on the page, in whatever state it is."""

import re

import pytest
from playwright.async_api import Page

from imagestudio.ui.words import DE, EN
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SHOWN = """() => {
  const seen = [];
  const NAMES = ["aria-label", "placeholder", "title"];
  const visible = (one) => one.checkVisibility({ visibilityProperty: true });
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement: inside, data } = walk.currentNode;
    const foreign = inside.closest("[lang]:not(html), pre, code, script, style");
    if (data.trim() && !foreign && visible(inside)) seen.push(data.trim());
  }
  const named = [...document.querySelectorAll("[aria-label], [placeholder], [title]")];
  for (const one of named.filter(visible)) {
    seen.push(...NAMES.map((name) => one.getAttribute(name)).filter(Boolean));
  }
  return seen;
}"""
"""The texts that can be read or heard, those aside that say themselves that they are in another language."""


def pattern(text: str) -> re.Pattern[str]:
    """A text of the page's, whatever it is filled in with."""
    return re.compile(".+".join(map(re.escape, re.split(r"\{[^}]*\}", text))))


GERMAN = DE.flat()
ONLY_ENGLISH = {
    name: pattern(text)
    for name, text in EN.flat().items()
    if not pattern(text).fullmatch(GERMAN[name])
    and text not in GERMAN.values()
    and re.search("[a-z]{3}", text)
}
"""The English texts that differ from the German ones, and have a word."""


async def english(page: Page) -> dict[str, str]:
    """What is English on the page, by the name of its text."""
    shown: list[str] = await page.evaluate(SHOWN)
    assert len(shown) > 10
    return {name: text for text in shown for name, known in ONLY_ENGLISH.items() if known.fullmatch(text)}


async def test_english_is_noticed(open_page: Open, demo_url: str) -> None:
    async with open_page(demo_url, locale="en-GB") as page:
        assert await page.evaluate("document.documentElement.lang") == "en"
        assert {"tabs.edit", "prompt", "forms.keys", "demo"} <= (await english(page)).keys()
