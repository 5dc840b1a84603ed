"""The studio's API keys: who holds one, and whether programs need one at all."""

import hashlib
from collections.abc import Sequence
from hmac import compare_digest
from typing import Protocol

from pydantic import SecretStr
from starlette.datastructures import Headers

from imagestudio.core.visitor import Visitor

OWNER_DIGITS = 16
"""Hex digits of a key's checksum that name its holder."""


class KeyRing(Protocol):
    """A place that knows API keys."""

    async def asked(self) -> bool:
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
        self._holders = {key.get_secret_value().encode(): _holder(key) for key in keys}

    async def asked(self) -> bool:
        """See `KeyRing`."""
        return bool(self._holders)

    async def find(self, secret: str) -> Visitor | None:
        """See `KeyRing`."""
        sent = secret.encode("utf-8", "replace")
        # Every key is compared, so that time tells nothing.
        found = [holder for key, holder in self._holders.items() if compare_digest(sent, key)]
        return found[0] if found else None

    async def holder(self, owner: str) -> Visitor | None:
        """See `KeyRing`."""
        return next((holder for holder in self._holders.values() if holder.owner == owner), None)


class KeyRings:
    """Several places as one."""

    def __init__(self, *rings: KeyRing) -> None:
        self._rings = rings

    async def asked(self) -> bool:
        """See `KeyRing`."""
        return any([await ring.asked() for ring in self._rings])

    async def find(self, secret: str) -> Visitor | None:
        """See `KeyRing`."""
        found = [await ring.find(secret) for ring in self._rings]
        return next((visitor for visitor in found if visitor), None)

    async def holder(self, owner: str) -> Visitor | None:
        """See `KeyRing`."""
        found = [await ring.holder(owner) for ring in self._rings]
        return next((visitor for visitor in found if visitor), None)


def _holder(key: SecretStr) -> Visitor:
    checksum = hashlib.sha256(key.get_secret_value().encode()).hexdigest()[:OWNER_DIGITS]
    return Visitor(f"key:{checksum}", "key", trusted=True, name=f"API key {checksum[:4]}…")


def given_key(headers: Headers) -> str | None:
    """The API key that a request brings: `Authorization: Bearer KEY`, or `X-API-Key: KEY`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else ""
    given = given or headers.get("x-api-key", "")
    # A header's bytes come as latin-1; a key with an umlaut is UTF-8 as it is in the settings.
    return given.encode("latin-1").decode("utf-8", "replace") or None
