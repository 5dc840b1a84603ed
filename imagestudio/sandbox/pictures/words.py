"""Reading a prompt: its words, the words it quotes, and the few that matter most."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_QUOTED = re.compile(
    r"\"([^\"]{1,120})\"|“([^”]{1,120})”|„([^“”]{1,120})[“”]|«([^»]{1,120})»|「([^」]{1,120})」"
    r"|(?<!\w)['‘]((?:[^'’]|['’](?=\w)){1,120})['’](?!\w)"
)
_READ_AT_MOST = 2000  # characters; the rest of a very long prompt adds nothing to the choice


def listed(words: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words.split())


_SMALL = listed(
    """a about an and are as at be been but by can do for from has have her his i if in into is it its
    let like make me my no not of off on onto or our out over please she so some that the their them
    then there these they this to under up us very was we were what when which while with you your add
    put set create draw paint generate picture image photo photograph illustration style showing shows
    saying says reads reading called named big large small beautiful nice high quality detailed 4k 8k
    hd"""
)


def words_of(prompt: str) -> tuple[str, ...]:
    """The prompt's words in lower case, in order, each once; a regular plural also as its singular."""
    found = [word.casefold() for word in _WORD.findall(prompt[:_READ_AT_MOST])]
    singular = [form for word in found for form in (word, _singular(word))]
    return tuple(dict.fromkeys(singular))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def quoted(prompt: str) -> str:
    """The first text the prompt puts in quotation marks, one space between words; empty if there is none."""
    for match in _QUOTED.finditer(prompt[:_READ_AT_MOST]):
        text = " ".join(next(group for group in match.groups() if group is not None).split())
        if text:
            return text
    return ""


def headline(prompt: str, leave_out: frozenset[str], limit: int) -> str:
    """At most so many of the prompt's telling words, as they were written; empty if there is none."""
    telling = [
        word
        for word in _WORD.findall(prompt[:_READ_AT_MOST])
        if word.casefold() not in _SMALL and word.casefold() not in leave_out
    ]
    return " ".join(telling[:limit])


def plain(text: str) -> str:
    """The text without control characters and lone surrogates, in composed form."""
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") else char for char in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())
