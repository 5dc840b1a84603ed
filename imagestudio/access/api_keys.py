"""The studio's API keys: who holds one, and whether programs need one at all."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from hmac import compare_digest
from typing import Protocol

from pydantic import SecretStr
from starlette.datastructures import Headers

from imagestudio.core.visitor import Visitor
from imagestudio.store.api_keys import ApiKey, ApiKeys, digest

OWNER_DIGITS = 16
"""Hex digits of a key's checksum that name its holder."""
FRESH_S = 3.0
"""Seconds that what was read from the database counts: a key works, or is revoked, at most that long after
the command."""


class KeyRing(Protocol):
    """A place that knows API keys."""

    async def has_keys(self) -> bool:
        """Whether a key was ever given out here: then programs need one."""
        ...

    async def find(self, secret: str) -> Visitor | None:
        """The holder of a key; None for one that is not known, or not any more."""
        ...

    async def holder(self, owner: str) -> Visitor | None:
        """The holder that `find` gave before, by owner; None once the key is not known any more."""
        ...


class ConfiguredKeys:
    """The keys of `IMAGESTUDIO_API_KEYS`."""

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        self._holders = {key.get_secret_value().encode(): _configured_holder(key) for key in keys}

    async def has_keys(self) -> bool:
        """See `KeyRing`."""
        return bool(self._holders)

    async def find(self, secret: str) -> Visitor | None:
        """See `KeyRing`."""
        sent = secret.encode("utf-8", "replace")
        # Every key is compared, so that time tells nothing.
        holders = [holder for key, holder in self._holders.items() if compare_digest(sent, key)]
        return holders[0] if holders else None

    async def holder(self, owner: str) -> Visitor | None:
        """See `KeyRing`."""
        return next((holder for holder in self._holders.values() if holder.owner == owner), None)


class StoredKeys:
    """The keys that `imagestudio keys` handed out: a `KeyRing` over the database, read once in
    some seconds, whoever asks, known key or guess."""

    def __init__(self, keys: ApiKeys, clock: Callable[[], float]) -> None:
        self._keys = keys
        self._clock = clock
        self._by_checksum: Mapping[str, ApiKey] = {}
        self._read_at: float | None = None
        self._lock = asyncio.Lock()

    async def has_keys(self) -> bool:
        """See `KeyRing`. Revoking the last key opens nothing."""
        return bool(await self._current())

    async def find(self, secret: str) -> Visitor | None:
        """See `KeyRing`. The time that looking a checksum up takes tells nothing of any secret."""
        key = (await self._current()).get(digest(secret))
        return _stored_holder(key) if key and key.revoked_at is None else None

    async def holder(self, owner: str) -> Visitor | None:
        """See `KeyRing`."""
        keys = (await self._current()).values()
        return next(
            (_stored_holder(key) for key in keys if key.owner == owner and key.revoked_at is None), None
        )

    async def _current(self) -> Mapping[str, ApiKey]:
        if not self._is_fresh():
            async with self._lock:
                if not self._is_fresh():
                    now = self._clock()
                    self._by_checksum, self._read_at = await self._keys.by_checksum(), now
        return self._by_checksum

    def _is_fresh(self) -> bool:
        return self._read_at is not None and 0 <= self._clock() - self._read_at < FRESH_S


class KeyRings:
    """Several places as one."""

    def __init__(self, *rings: KeyRing) -> None:
        self._rings = rings

    async def has_keys(self) -> bool:
        """See `KeyRing`."""
        return any([await ring.has_keys() for ring in self._rings])

    async def find(self, secret: str) -> Visitor | None:
        """See `KeyRing`."""
        visitors = [await ring.find(secret) for ring in self._rings]
        return next((visitor for visitor in visitors if visitor), None)

    async def holder(self, owner: str) -> Visitor | None:
        """See `KeyRing`."""
        visitors = [await ring.holder(owner) for ring in self._rings]
        return next((visitor for visitor in visitors if visitor), None)


def _configured_holder(key: SecretStr) -> Visitor:
    checksum = hashlib.sha256(key.get_secret_value().encode()).hexdigest()[:OWNER_DIGITS]
    return Visitor(f"key:{checksum}", "key", trusted=True, name=f"API key {checksum[:4]}…")


def _stored_holder(key: ApiKey) -> Visitor:
    return Visitor(key.owner, "key", trusted=True, caps=key.caps, name=key.name)


def key_of(headers: Headers) -> str | None:
    """The API key that a request brings: `Authorization: Bearer KEY`, or `X-API-Key: KEY`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else ""
    key = key or headers.get("x-api-key", "")
    # A header's bytes come as latin-1; a key with an umlaut is UTF-8 as it is in the settings.
    return key.encode("latin-1").decode("utf-8", "replace") or None
