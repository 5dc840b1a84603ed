"""What is English on a page."""

import re

from playwright.async_api import Page

from imagestudio.ui.locale import DE, EN

SHOWN = """() => {
  const seen = [];
  const NAMES = ["aria-label", "placeholder", "title", "alt"];
  const visible = (one) => one.checkVisibility({ visibilityProperty: true });
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement: inside, data } = walk.currentNode;
    const foreign = inside.closest("[lang]:not(html), pre, code, script, style");
    if (data.trim() && !foreign && visible(inside)) seen.push(data.trim());
  }
  const named = [...document.querySelectorAll(NAMES.map((name) => `[${name}]`).join())];
  for (const one of named.filter(visible)) {
    seen.push(...NAMES.map((name) => one.getAttribute(name)).filter(Boolean));
  }
  return seen;
}"""
"""The texts that can be read or heard, those aside that say themselves that they are in another language."""


def _pattern(text: str) -> re.Pattern[str]:
    """A text of the page's, whatever it is filled in with."""
    return re.compile(".+".join(map(re.escape, re.split(r"\{[^}]*\}", text))))


_GERMAN = DE.flat()
_ONLY_ENGLISH = {
    name: _pattern(text)
    for name, text in EN.flat().items()
    if not _pattern(text).fullmatch(_GERMAN[name])
    and text not in _GERMAN.values()
    and re.search("[a-z]{3}", text)
}
"""The English texts that differ from the German ones, and have a word."""


async def english(page: Page) -> dict[str, str]:
    """What is English on the page, by the name of its text."""
    shown: list[str] = await page.evaluate(SHOWN)
    assert len(shown) > 10
    return {name: text for text in shown for name, known in _ONLY_ENGLISH.items() if known.fullmatch(text)}
