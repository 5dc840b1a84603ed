"""Provider keys that visitors bring: read from their requests, and held in memory while they use them."""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping

from pydantic import SecretStr
from starlette.datastructures import Headers

from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

OWN_KEYS: Mapping[str, str] = {
    "google": "X-Gemini-Key",
    "bfl": "X-BFL-Key",
    "fal": "X-Fal-Key",
    "huggingface": "X-HF-Token",
}
"""The header that brings each provider's key, and Hugging Face's token."""
KEPT_S = 12 * 3600.0
"""Seconds without use after which what is held is forgotten."""
OWNERS = 10_000
"""The most owners whose keys are held: the one who was away longest makes room."""

_KEY = re.compile(r"[\x21-\x7e]{12,4096}")
# The router takes no other token: anything else would be for fal itself.
_TOKEN = re.compile(r"hf_[\x21-\x7e]{9,4093}")


def read_key(name: str, text: str, field: str) -> SecretStr:
    """A key as somebody typed it. Raises `InvalidParameter`, which names the field and never the key."""
    key = text.strip()
    if name == "huggingface" and not _TOKEN.fullmatch(key):
        raise InvalidParameter(Message("access.no_token", field=field), field=field)
    if not _KEY.fullmatch(key):
        raise InvalidParameter(
            Message("access.no_key", field=field),
            field=field,
        )
    return SecretStr(key)


class Vault:
    """Keys by owner, in memory only: they go with the process, or after `KEPT_S` without use."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, dict[str, SecretStr]]] = OrderedDict()

    def __repr__(self) -> str:
        return f"Vault({len(self._held)} owners)"

    def keep(self, owner: str, name: str, key: SecretStr | None) -> None:
        """Hold a key in place of the one before; None forgets it."""
        keys = {**self.keys(owner), name: key}
        held = {known: value for known, value in keys.items() if value is not None}
        self.forget(owner)
        if held:
            self._held[owner] = (self._clock(), held)
        if len(self._held) > OWNERS:
            self._held.popitem(last=False)

    def keys(self, owner: str) -> Mapping[str, SecretStr]:
        """What is held for an owner. Asking counts as use."""
        now = self._clock()
        while self._held and now - next(iter(self._held.values()))[0] > KEPT_S:
            self._held.popitem(last=False)
        if owner not in self._held:
            return {}
        _, keys = self._held[owner]
        self._held[owner] = (now, keys)
        self._held.move_to_end(owner)
        return dict(keys)

    def forget(self, owner: str) -> None:
        """Hold nothing of an owner's any more."""
        self._held.pop(owner, None)

    def own_keys(self, headers: Headers, owner: str | None) -> Mapping[str, SecretStr]:
        """What a request brings in its headers and, where they are silent, what is held for its owner.
        Raises `InvalidParameter` for what can't be a key."""
        brought = {
            name: read_key(name, headers[header], header)
            for name, header in OWN_KEYS.items()
            if headers.get(header, "").strip()
        }
        return {**self.keys(owner), **brought} if owner is not None else brought
