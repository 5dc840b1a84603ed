"""Who pays for a run, whoever asks, the host, or nobody, and the key that it is lent for that.

The rules are pure, over the settings; nothing is sent.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from imagestudio.access.key_vault import OWN_KEYS, KeyVault, Sealer
from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import ModelSpec, Route
from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.job import OWN, Job, Payer
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings
from imagestudio.core.visitor import Visitor
from imagestudio.providers import PROVIDERS
from imagestudio.store.budget import Spender
from imagestudio.store.jobs import JobStore


@dataclass(frozen=True, slots=True)
class Choice:
    """Who pays, and with what."""

    payer: Payer
    key: SecretStr | None = field(default=None, repr=False)
    """The visitor's own, which pays; None where it does not."""
    guest: bool = False
    """Whether it is public money: the host's, for somebody the host did not choose."""


@dataclass(frozen=True, slots=True)
class Payers:
    """The rules.

    1. With `IMAGESTUDIO_SANDBOX=on` nobody pays.
    2. A key of the visitor's own pays for its provider's models, a Hugging Face token for those it routes.
    3. The server's own keys pay for whom the host chose: on a studio that only its own machine reaches for
       everybody, else for trusted visitors and, within the public budget, for guests.
    4. Who has no key and may use none gets the sandbox, unless it is off.
    """

    sandbox: Literal["auto", "on", "off"]
    public: bool
    """Whether strangers can reach the studio."""
    public_money: bool
    """Whether the host set a public budget."""
    server: Collection[str]
    """The providers whose key the server has."""

    def may_spend(self, visitor: Visitor) -> bool:
        """Whether the server's own keys serve a visitor."""
        chosen = visitor.trusted or not self.public or self.public_money
        return chosen and visitor.kind != "nobody"

    def is_demo(self, visitor: Visitor) -> bool:
        """Whether what a visitor runs now is drawn by the sandbox."""
        live = bool(visitor.keys) or (bool(self.server) and self.may_spend(visitor))
        return self.sandbox == "on" or ("nobody" in self.running and not live)

    @property
    def running(self) -> frozenset[Payer]:
        """Whose jobs are run here. The others wait, untouched, for other settings."""
        if self.sandbox == "on":
            return frozenset({"nobody"})
        running: set[Payer] = {"visitor", "huggingface"}
        if self.server:
            running.add("studio")
        if self.sandbox == "auto" and (not self.server or (self.public and not self.public_money)):
            running.add("nobody")
        return frozenset(running)

    def spender(self, visitor: Visitor) -> Spender:
        """The visitor, as what they run now counts in budgets."""
        if self.is_demo(visitor):
            return Spender(visitor.owner, "nobody")
        if not (self.server and self.may_spend(visitor)):
            return Spender(visitor.owner, "visitor")
        return Spender(visitor.owner, "studio", not visitor.trusted, visitor.caps, visitor.network)

    def choose(self, visitor: Visitor, spec: ModelSpec, route: Route) -> Choice:
        """Who pays for a run of a model. Raises `ModelUnavailable` where nobody can."""
        if self.is_demo(visitor):
            return Choice("nobody")
        if key := visitor.keys.get(spec.provider):
            return Choice("visitor", key)
        if route.hub and (token := visitor.keys.get("huggingface")):
            return Choice("huggingface", token)
        if spec.provider in self.server and self.may_spend(visitor):
            return Choice("studio", guest=not visitor.trusted)
        raise self._missing(visitor, spec)

    def _missing(self, visitor: Visitor, spec: ModelSpec) -> ModelUnavailable:
        kind, header = PROVIDERS[spec.provider], OWN_KEYS[spec.provider]
        needs = Message("key.needed", name=spec.name, title=kind.title)
        if "huggingface" in visitor.keys:
            needs = Message("key.needed_beside_token", name=spec.name, title=kind.title, routed=_routed())
        if self.may_spend(visitor) and (visitor.trusted or not self.public):
            variable = kind.key_variables[0]
            return _missing_key(Message("key.missing", needs=needs, variable=variable), variable)
        return _missing_key(Message("key.missing_own", needs=needs, header=header), header)


def payers_of(settings: Settings) -> Payers:
    """The rules as the settings have them."""
    return Payers(
        sandbox=settings.sandbox,
        public=settings.public,
        public_money=settings.public_budget_usd_day is not None,
        server=frozenset(name for name, kind in PROVIDERS.items() if settings.key(kind.key_variables)),
    )


def _missing_key(text: Message, what: str) -> ModelUnavailable:
    return ModelUnavailable(text, reason="missing_key", set=what, charged="no")


def _routed() -> list[str]:
    return [spec.name for spec in MODELS.values() if spec.route({}).hub]


class JobKeys:
    """The one key that each job was lent: in memory while it runs, sealed where it must survive a restart.
    Without a `sealer` they are in memory only, and go with the process."""

    def __init__(self, store: JobStore, vault: KeyVault, sealer: Sealer | None) -> None:
        self._store = store
        self._vault = vault
        self._sealer = sealer
        self._lent: dict[str, SecretStr] = {}

    def __repr__(self) -> str:
        return f"JobKeys({len(self._lent)} jobs)"

    def seal(self, job_id: str, key: SecretStr | None) -> bytes | None:
        """What the database keeps of a key; None where it keeps nothing."""
        return self._sealer.seal(job_id, key) if self._sealer and key is not None else None

    def hold(self, job_id: str, key: SecretStr | None) -> None:
        """Lend a key to a job, until `release`."""
        if key is not None:
            self._lent[job_id] = key

    def release(self, job_id: str) -> None:
        """The job runs no more."""
        self._lent.pop(job_id, None)

    def get(self, job: Job) -> SecretStr | None:
        """The key that a job may use: its own, else what its owner has given the page since."""
        return self._lent.get(job.id) or self._vault.keys(job.owner).get(key_name(job))

    async def recover(self, job: Job) -> None:
        """Open what an earlier process sealed for a job, if it did and if that can be opened."""
        if job.payer not in OWN or self._sealer is None or job.id in self._lent:
            return
        sealed = await self._store.sealed_key(job.id)
        self.hold(job.id, self._sealer.open(job.id, sealed) if sealed is not None else None)


def key_name(job: Job) -> str:
    """Whose key a job needs: its provider's, or Hugging Face's."""
    return "huggingface" if job.payer == "huggingface" else job.provider
