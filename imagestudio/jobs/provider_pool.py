"""The ways to the providers: each is a provider with somebody's key, and a throttle of its own."""

import time
from collections.abc import Callable
from weakref import WeakValueDictionary

import httpx
from pydantic import SecretStr

from imagestudio.access.key_vault import OWN_KEYS
from imagestudio.core.job import OWN, Job, Payer
from imagestudio.core.settings import Settings
from imagestudio.jobs.job_keys import JobKeys, key_name
from imagestudio.jobs.payers import Choice, Payers
from imagestudio.jobs.runner import Runner
from imagestudio.jobs.throttle import Throttle
from imagestudio.net import Fetcher
from imagestudio.providers import LINES, PROVIDERS
from imagestudio.providers.base import Provider
from imagestudio.providers.http import Wire, provider_client
from imagestudio.providers.transport import ResponseCounter

SANDBOX_ORIGIN = "http://sandbox"
SANDBOX_KEY = "demo"

MakeRunner = Callable[[Provider, Throttle], Runner]


class Lines:
    """Makes each line when it is first needed. The studio's own and the sandbox's stay; one with a visitor's
    key goes with its last job, and pauses nobody else when its provider wants to be left alone."""

    def __init__(
        self,
        settings: Settings,
        payers: Payers,
        keys: JobKeys,
        fetcher: Fetcher,
        sandbox: Callable[[], httpx.AsyncBaseTransport],
        runner: MakeRunner,
        responses: ResponseCounter,
    ) -> None:
        self._settings = settings
        self._payers = payers
        self._keys = keys
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._make = runner
        self._responses = responses
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._kept: dict[tuple[Payer, str], Runner] = {}
        self._lent: WeakValueDictionary[tuple[str, str], Runner] = WeakValueDictionary()

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

    def of(self, job: Job) -> Runner | None:
        """What runs a job; None where its means are not there: the server's key, the one it was lent."""
        if job.payer not in self._payers.running:
            return None
        if job.payer in OWN:
            key = self._keys.of(job)
            return self.lent(key_name(job), key) if key is not None else None
        return self.kept(job.payer, job.provider)

    def chosen(self, choice: Choice, name: str) -> Provider:
        """The provider as it is paid by choice."""
        if choice.key is not None:
            return self.lent("huggingface" if choice.payer == "huggingface" else name, choice.key).provider
        runner = self.kept(choice.payer, name)
        if runner is None:
            raise LookupError(f"the server has no key of {name}")
        return runner.provider

    def kept(self, payer: Payer, name: str) -> Runner | None:
        """What runs a provider's jobs with the studio's own key, or in the sandbox."""
        if (payer, name) not in self._kept:
            key = SANDBOX_KEY if payer == "nobody" else self._settings.key(PROVIDERS[name].key_variables)
            if key is None:
                return None
            wire = self._wire(payer, name, key, PROVIDERS[name].key_variables[0])
            self._kept[payer, name] = self._runner(name, wire)
        return self._kept[payer, name]

    def lent(self, name: str, key: SecretStr) -> Runner:
        """What runs jobs with a visitor's own key, for as long as somebody holds on to it."""
        secret = key.get_secret_value()
        runner = self._lent.get((name, secret))
        if runner is None:
            payer: Payer = "huggingface" if name == "huggingface" else "visitor"
            runner = self._lent[name, secret] = self._runner(
                name, self._wire(payer, name, secret, OWN_KEYS[name])
            )
        return runner

    def _runner(self, name: str, wire: Wire) -> Runner:
        kind = LINES[name]
        return self._make(kind(wire), Throttle(kind.max_active, time.monotonic))

    def _wire(self, payer: Payer, name: str, key: str, variable: str) -> Wire:
        kind = LINES[name]
        return Wire(
            title=kind.title,
            client=self._client("sandbox" if payer == "nobody" else name),
            fetcher=self._fetcher,
            base_url=self.base_url(payer, name),
            key_headers=kind.auth(key),
            key_variable=variable,
            owns=kind.owns,
            submit_timeout_s=self._settings.job_timeout_s,
        )

    def _client(self, name: str) -> httpx.AsyncClient:
        if name not in self._clients:
            sandbox = name == "sandbox"
            client = httpx.AsyncClient(transport=self._sandbox()) if sandbox else provider_client()
            self._clients[name] = self._responses.watch(name, client)
        return self._clients[name]
