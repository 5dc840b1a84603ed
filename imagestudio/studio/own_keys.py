"""A visitor's own provider keys, as the page gives and takes them. Nothing here ever tells a key."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from imagestudio.access.key_vault import OWN_KEYS, KeyVault
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.core.visitor import Visitor
from imagestudio.jobs.payers import Payers
from imagestudio.jobs.provider_pool import Lines
from imagestudio.providers.base import KeyCheck


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The vault, as one visitor after another may use it."""

    vault: KeyVault
    payers: Payers
    lines: Lines

    def held(self, visitor: Visitor) -> dict[str, bool]:
        """Of which providers a key of the visitor's own is at hand: held, or brought by this request."""
        return {name: name in visitor.keys for name in OWN_KEYS}

    def kept(self, visitor: Visitor) -> dict[str, bool]:
        """Of which providers the studio holds a key of the visitor's now."""
        keys = self.vault.keys(visitor.owner)
        return {name: name in keys for name in OWN_KEYS}

    async def give(self, visitor: Visitor, given: Mapping[str, SecretStr | None]) -> dict[str, KeyCheck]:
        """Hold these keys for the visitor, by provider; None forgets one. What each provider says of its key,
        by a call that costs nothing: a key that is refused is not held, one that could not be checked is.
        Raises `InvalidParameter` where the studio takes no keys."""
        if self.payers.sandbox == "on":
            raise InvalidParameter(Message("studio.demo_for_all"))
        keys = {name: key for name, key in given.items() if key is not None}
        checks = await asyncio.gather(
            *(self.lines.lent(name, key).provider.check_key() for name, key in keys.items())
        )
        said = dict(zip(keys, checks, strict=True))
        for name, key in given.items():
            if said.get(name) != "refused":
                self.vault.keep(visitor.owner, name, key)
        return said

    def forget(self, visitor: Visitor) -> None:
        """Hold nothing of the visitor's any more."""
        self.vault.forget(visitor.owner)
