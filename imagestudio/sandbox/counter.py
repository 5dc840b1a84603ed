"""Counting how often a prompt came, for words that spare the first ones."""

from collections import OrderedDict

KEPT = 1000


class Counter:
    """Counts from 1, for the thousand prompts seen last."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, int] = OrderedDict()

    def count(self, prompt: str) -> int:
        times = self._seen.pop(prompt, 0) + 1
        self._seen[prompt] = times
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)
        return times
