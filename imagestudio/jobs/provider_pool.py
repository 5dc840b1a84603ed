"""The connections to the providers: each is a provider with somebody's key, and a throttle of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import httpx
from pydantic import SecretStr

from imagestudio.access.key_vault import OWN_KEYS
from imagestudio.core.job import OWN, Job, Payer
from imagestudio.core.settings import Settings
from imagestudio.core.turns import Turns
from imagestudio.jobs.payers import Choice, JobKeys, Payers, key_name
from imagestudio.jobs.throttle import Throttle
from imagestudio.net import Fetcher
from imagestudio.providers import LINES, PROVIDERS
from imagestudio.providers.base import Provider
from imagestudio.providers.http import Wire, provider_client
from imagestudio.providers.transport import ResponseCounter

SANDBOX_ORIGIN = "http://sandbox"
SANDBOX_KEY = "demo"
SHARED_PART = 1 / 4
"""Of slots that all share, what guests of one neighbourhood may have: a run holds one for long."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Connection:
    """A provider with one key, and what all jobs that use the two share."""

    provider: Provider
    slots: Turns
    """How many tasks may be under way."""
    throttle: Throttle


class ProviderPool:
    """Makes each connection when it is first needed. The host's own and the sandbox's stay; one with a
    visitor's key goes with its last job, and pauses nobody else when its provider wants to be left alone. So
    does the throttle of a visitor of the demo, whose words make the sandbox refuse."""

    def __init__(
        self,
        settings: Settings,
        payers: Payers,
        keys: JobKeys,
        fetcher: Fetcher,
        sandbox: Callable[[], httpx.AsyncBaseTransport],
        responses: ResponseCounter,
    ) -> None:
        self._settings = settings
        self._payers = payers
        self._keys = keys
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._responses = responses
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._of_host: dict[tuple[Payer, str], Connection] = {}
        self._of_visitors: WeakValueDictionary[tuple[str, str], Connection] = WeakValueDictionary()
        self._of_demo: WeakValueDictionary[tuple[str, str], Connection] = WeakValueDictionary()

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()

    def base_url(self, payer: Payer, name: str) -> str:
        """Where a payer's calls go: the setting, the vendor's own origin, or the sandbox."""
        if payer == "nobody":
            return f"{SANDBOX_ORIGIN}/{name}"
        line = "huggingface" if payer == "huggingface" else name
        return self._settings.base_url(line, LINES[line].base_url)

    def connect(self, job: Job) -> Connection | None:
        """What runs a job; None where its means are not there: the server's key, the one it was lent."""
        if job.payer not in self._payers.running:
            return None
        if job.payer in OWN:
            key = self._keys.get(job)
            return self.connect_visitor(key_name(job), key) if key is not None else None
        connection = self.connect_host(job.payer, job.provider)
        if job.payer != "nobody" or connection is None:
            return connection
        return self._of_demo.setdefault(
            (job.owner, job.provider), replace(connection, throttle=Throttle(time.monotonic))
        )

    def connect_payer(self, choice: Choice, name: str) -> Connection:
        """The provider as it is paid by choice."""
        if choice.key is not None:
            return self.connect_visitor("huggingface" if choice.payer == "huggingface" else name, choice.key)
        connection = self.connect_host(choice.payer, name)
        if connection is None:
            raise LookupError(f"the server has no key of {name}")
        return connection

    def connect_host(self, payer: Payer, name: str) -> Connection | None:
        """A provider with the server's own key, or in the sandbox; None where the server has no key."""
        if (payer, name) not in self._of_host:
            key = SANDBOX_KEY if payer == "nobody" else self._settings.key(PROVIDERS[name].key_variables)
            if key is None:
                return None
            variable = PROVIDERS[name].key_variables[0]
            self._of_host[payer, name] = self._connection(payer, name, key, variable, part=SHARED_PART)
        return self._of_host[payer, name]

    def connect_visitor(self, name: str, key: SecretStr) -> Connection:
        """A provider with a visitor's own key, for as long as somebody holds on to it."""
        secret = key.get_secret_value()
        connection = self._of_visitors.get((name, secret))
        if connection is None:
            payer: Payer = "huggingface" if name == "huggingface" else "visitor"
            connection = self._connection(payer, name, secret, OWN_KEYS[name])
            self._of_visitors[name, secret] = connection
        return connection

    def _connection(self, payer: Payer, name: str, key: str, variable: str, *, part: float = 1) -> Connection:
        """`part` of the slots is what one party of guests may have of them."""
        kind = LINES[name]
        wire = Wire(
            title=kind.title,
            client=self._client("sandbox" if payer == "nobody" else name),
            fetcher=self._fetcher,
            base_url=self.base_url(payer, name),
            key_headers=kind.auth(key),
            key_variable=variable,
            owns=kind.owns,
            submit_timeout_s=self._settings.job_timeout_s,
        )
        return Connection(kind(wire), Turns(kind.max_active, part=part), Throttle(time.monotonic))

    def _client(self, name: str) -> httpx.AsyncClient:
        if name not in self._clients:
            sandbox = name == "sandbox"
            client = httpx.AsyncClient(transport=self._sandbox()) if sandbox else provider_client()
            self._clients[name] = self._responses.watch(name, client)
        return self._clients[name]
