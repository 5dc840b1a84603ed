"""Who asks: whose jobs and pictures they see, which provider keys they brought, and what they may spend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from imagestudio.core.turns import Asker

Kind = Literal["local", "key", "huggingface", "session", "nobody"]
SURE: tuple[Kind, ...] = ("local", "key", "huggingface")
"""Who proves who they are. A session only proves that it is the same browser."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What one visitor may use; None where nothing is set."""

    requests_per_minute: int | None = None
    jobs_at_once: int | None = None
    usd_day: float | None = None
    """USD of the studio's own provider keys a day (UTC)."""
    usd_month: float | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person or program. Everything they make carries their `owner`, and only they see it."""

    owner: str
    """Up to 64 characters, such as `local`, `key:3f…`, `huggingface:ann`, `session:9c…`; never a secret."""
    kind: Kind
    trusted: bool = False
    """Whether the host chose them: the studio's own provider keys serve them, within `caps`."""
    keys: Mapping[str, SecretStr] = field(default_factory=dict, repr=False)
    """Their own provider keys, by provider (`google`, `bfl`, `fal`) and `huggingface` for a token."""
    caps: Caps = Caps()
    name: str = ""
    """What the page calls them: the account's or the key's name."""
    network: str = ""
    """Where somebody comes from who does not prove who they are: never an address, but hashes of its
    neighbourhood and of itself that only this studio can compute. Owners cost them nothing, so limits hold
    for all of a network together, too."""

    @property
    def asker(self) -> Asker:
        """The visitor, waiting for a turn. Whom the host chose go before guests."""
        return Asker(self.owner, self.network, paid=self.trusted)


LOCAL = Visitor("local", "local", trusted=True)
"""Whoever uses a studio that only its own machine can reach."""
NOBODY = Visitor("nobody", "nobody")
"""A request that was not identified: owns nothing and may spend nothing."""
