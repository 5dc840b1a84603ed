"""Words in a prompt that make the sandbox misbehave, each in the provider's own documented way."""

import re
from collections import OrderedDict

WORDS: dict[str, str] = {
    "demo:slow": "The run takes ten seconds.",
    "demo:refuse": "Moderation refuses the prompt.",
    "demo:refuse-image": "Moderation withholds the finished picture.",
    "demo:rate-limit": "The request is refused with 429, with a wait where the provider documents one.",
    "demo:out-of-credits": "The account has no credit left.",
    "demo:fail": "The run is accepted and then fails on the provider's side.",
    "demo:unavailable": "The request is refused with a documented 503.",
    "demo:crash": "The request gets an unexplained 502 page.",
    "demo:drop": "The connection is cut after the request was accepted and before it is answered.",
    "demo:expire": "The file is gone when first asked for; asking for the result again gives a new address.",
    "demo:odd-status": "The first answer about the run holds a status that no documentation knows.",
    "demo:truncate": "The picture is cut short: fewer bytes arrive than were announced.",
    "demo:lie": "The picture's declared type, and its declared size where there is one, are wrong.",
    "demo:one-refused": "Google only: of several pictures with the same prompt, every fourth is withheld.",
}
"""Every word with what it does. Words are lower-case; they apply to generating and editing alike."""

_WORD = re.compile(r"(?<!\w)demo:[a-z]+(?:-[a-z]+)*(?!\w)")

SHORT_S, LONG_S = 1.0, 10.0

CRASH_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
"""What `demo:crash` answers: the page of a proxy that knows nothing."""


def words_in(prompt: str) -> frozenset[str]:
    """The documented words the prompt holds. Unknown `demo:` words are ignored."""
    return frozenset(_WORD.findall(prompt)) & WORDS.keys()


def plain(prompt: str) -> str:
    """The prompt without any `demo:` word: what there is to draw."""
    return " ".join(_WORD.sub(" ", prompt).split())


def duration_s(words: frozenset[str], pixels: int) -> float:
    """Seconds a run takes at speed 1: about a second for 1024 x 1024, half as much again for a big one."""
    if "demo:slow" in words:
        return LONG_S
    return SHORT_S * min(1.5, 0.7 + 0.3 * pixels / 1024**2)


LATEST = 1000


class Counter:
    """Counts from 1, for the thousand prompts seen last."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, int] = OrderedDict()

    def count(self, prompt: str) -> int:
        times = self._seen.pop(prompt, 0) + 1
        self._seen[prompt] = times
        if len(self._seen) > LATEST:
            self._seen.popitem(last=False)
        return times
