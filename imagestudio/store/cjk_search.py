"""Writing without spaces between words, made so that a search finds any part of it.

The index keeps words. Chinese and Japanese sentences would be one word each: here every sign becomes a word,
and what is searched for becomes signs that stand together.
"""

import re
import unicodedata

SIGN = re.compile(
    "["
    "\u3005-\u3007"  # iteration mark, zero
    "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana, also of half width
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "]"
)


def separate_signs(text: str) -> str:
    """The text with its signs apart, and each in its usual form; unchanged where it has none."""
    if SIGN.search(text) is None:
        return text
    return SIGN.sub(r" \g<0> ", unicodedata.normalize("NFKC", text))
