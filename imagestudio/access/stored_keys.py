"""The holders of the keys that `imagestudio keys` handed out, as a running server sees them."""

import asyncio
from collections.abc import Callable, Mapping

from imagestudio.core.visitor import Visitor
from imagestudio.store.api_keys import ApiKey, ApiKeys, digest

FRESH_S = 3.0
"""Seconds that what was read counts: a key works, or is revoked, at most that long after the command."""


class IssuedKeys:
    """A `KeyRing` over the database: read once in some seconds, whoever asks, known key or guess."""

    def __init__(self, keys: ApiKeys, clock: Callable[[], float]) -> None:
        self._keys = keys
        self._clock = clock
        self._known: Mapping[str, ApiKey] = {}
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def asked(self) -> bool:
        """See `KeyRing`. Revoking the last key opens nothing."""
        return bool(await self._current())

    async def find(self, secret: str) -> Visitor | None:
        """See `KeyRing`. The time that looking a checksum up takes tells nothing of any secret."""
        key = (await self._current()).get(digest(secret))
        return _holder(key) if key and key.revoked_at is None else None

    async def holder(self, owner: str) -> Visitor | None:
        """See `KeyRing`."""
        keys = (await self._current()).values()
        return next((_holder(key) for key in keys if key.owner == owner and key.revoked_at is None), None)

    async def _current(self) -> Mapping[str, ApiKey]:
        if not self._is_fresh():
            async with self._reading:
                if not self._is_fresh():
                    now = self._clock()
                    self._known, self._read_at = await self._keys.by_checksum(), now
        return self._known

    def _is_fresh(self) -> bool:
        return self._read_at is not None and 0 <= self._clock() - self._read_at < FRESH_S


def _holder(key: ApiKey) -> Visitor:
    return Visitor(key.owner, "key", trusted=True, caps=key.caps, name=key.name)
