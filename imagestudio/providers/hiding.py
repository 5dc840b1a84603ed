"""Taking a key out of what a provider says, in whichever way it was written there."""

from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import quote

Said = TypeVar("Said", bytes, bytearray)

SHORTEST = 12
"""Characters. What is shorter is no real key, and may be an ordinary word of an answer."""
INSTEAD = "[key]"


class Hider:
    """Knows the key in these headers: of "Key a:b" that is a:b, a and b, as they are and in a URL."""

    def __init__(self, headers: Iterable[str]) -> None:
        keys = [value.split()[-1] for value in headers if value.strip()]
        parts = [part for key in keys for part in (key, *key.split(":")) if len(part) >= SHORTEST]
        self._texts = list(dict.fromkeys(form for part in parts for form in _forms(part)))
        self._bytes = [text.encode() for text in self._texts]

    def in_bytes(self, content: Said) -> Said:
        """What was said, without it."""
        for secret in self._bytes:
            if secret in content:
                content = content.replace(secret, INSTEAD.encode())
        return content

    def in_json(self, value: Any) -> Any:
        """What was read out of JSON, without it: there escapes may have hidden it from `in_bytes`."""
        match value:
            case str():
                for secret in self._texts:
                    value = value.replace(secret, INSTEAD)
            case dict():
                return {self.in_json(name): self.in_json(one) for name, one in value.items()}
            case list():
                return [self.in_json(one) for one in value]
        return value


def _forms(key: str) -> tuple[str, ...]:
    quoted = quote(key, safe="")
    return key, quoted, quote(key), _small(quoted), _small(quote(key))


def _small(quoted: str) -> str:
    """With the digits of its escapes in lower case."""
    first, *escaped = quoted.split("%")
    return first + "".join(f"%{one[:2].lower()}{one[2:]}" for one in escaped)
