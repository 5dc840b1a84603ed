"""A text as the search takes it, and a search as FTS5 takes it: folded, the signs of writing without spaces
apart, and every symbol a word of its own."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

MOST_TERMS = 16
"""Words of a search that count. More would find no more, and take longer."""
LONGEST_TERM = 64
MOST_REMEMBERED = 20_000
"""Signs whose word is at hand: more than any language has."""
TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
APART = re.compile(
    "["
    "\u3005-\u3007"  # iteration mark, zero
    "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana, also of half width
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u1950-\u19ff\u1a20-\u1aaf\ua980-\ua9ff\uaa60-\uaadf"  # Tai, Javanese, further Burmese
    "]"
)
"""Signs of writing that has no spaces between words: each is a word."""
MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]+")
"""Accents of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic."""
SAME = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
SYMBOL, MARK = "\ue000", "\ue001"
"""Of the Unicode's private use, which FTS5 takes for letters: before a sign's number they make a word that no
text has."""


def search_text(text: str) -> str:
    """A prompt for the index. A search for `search_text` of any part of it finds it."""
    folded = _folded(text)
    symbols = sorted(sign for sign in set(folded) if _is_symbol(sign) or _is_point(sign))
    return " ".join([folded.translate(_WORDS).strip(), *map(_named, symbols)]).strip()


def is_plain(text: str, indexed: str) -> bool:
    """Whether FTS5 makes the same words of a prompt as of its `search_text`."""
    return text.isascii() and text.lower() == indexed


def fts_query(owner: str, words: str) -> str | None:
    """A search as FTS5 takes it (sqlite.org/fts5.html, 3): everything from outside stands in quotes, so that
    no sign of it means anything. None where nothing is asked; what holds nothing that can be found finds
    nothing."""
    if not words.strip(' \t\r\n\0"'):
        return None
    terms = list(islice(_terms(words), MOST_TERMS)) or [f'"{SYMBOL}"']
    return f'owner : "o{owner.encode().hex()}" AND prompt : ({" AND ".join(terms)})'


def _terms(words: str) -> Iterator[str]:
    for found in TERM.finditer(words.replace("\0", " ")):
        term = _folded((found[1] or found[2] or "")[:LONGEST_TERM])
        letters = _words(term).strip()
        if letters:
            yield f'"{letters}"' if found[1] else f'"{letters}" *'
        for sign in dict.fromkeys(term):
            # A comma, or a bracket, behind a word is not what is looked for.
            if _is_symbol(sign) or (_is_point(sign) and not letters):
                yield f'"{_named(sign)}"'


def _folded(text: str) -> str:
    """Without regard to case, accents, width and ligatures."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", MARKS.sub("", decomposed)).translate(SAME)


class _Words(dict[int, str]):
    """For `str.translate`: letters and numbers as they are, or apart; all else a space."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = unicodedata.category(sign)[0]
        word = sign if kind in "LNM" else " "
        if APART.match(sign) and kind in "LNM":
            word = f" {MARK}{code:x} " if kind == "M" else f" {sign} "
        if len(self) < MOST_REMEMBERED:
            self[code] = word
        return word


_WORDS = _Words()


def _words(folded: str) -> str:
    """The words; empty where there are none."""
    words = folded.translate(_WORDS)
    return words if any(map(str.isalnum, words)) else ""


def _is_symbol(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "S"


def _is_point(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "P"


def _named(sign: str) -> str:
    return f"{SYMBOL}{ord(sign):x}"
