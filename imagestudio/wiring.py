"""Puts the studio together: the one place that knows every part."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from imagestudio.accounts import Accounts
from imagestudio.api.views import job_view
from imagestudio.cancel import Canceler
from imagestudio.collector import Collector
from imagestudio.decoding.decoder import Decoder
from imagestudio.fetch import Fetcher
from imagestudio.following import Follower
from imagestudio.gate import Gate
from imagestudio.ids import new_id
from imagestudio.intake import Intake
from imagestudio.keeper import Keeper
from imagestudio.life import Life
from imagestudio.premaker import Premaker
from imagestudio.progress import Board
from imagestudio.providers import PROVIDERS
from imagestudio.providers.base import Provider
from imagestudio.providers.http import Wire, provider_client
from imagestudio.receivers import Receivers
from imagestudio.runner import Runner
from imagestudio.sandbox import SandboxTransport, create_sandbox
from imagestudio.settings import Settings
from imagestudio.signing import Signer
from imagestudio.sources import Sources
from imagestudio.steps import Reached, unheeded
from imagestudio.store.budget import Budget
from imagestudio.store.database import Database
from imagestudio.store.durations import DurationStore
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases
from imagestudio.store.webhooks import Outbox
from imagestudio.studio import Studio
from imagestudio.thumbnails import Thumbnails
from imagestudio.visitor import LOCAL
from imagestudio.webhooks import View, Webhooks
from imagestudio.worker import Worker

SANDBOX_ORIGIN = "http://sandbox"
SANDBOX_KEY = "demo"
LEASE_S = 30.0


@asynccontextmanager
async def open_studio(
    settings: Settings,
    clock: Callable[[], float] = time.time,
    reached: Reached = unheeded,
    *,
    fetcher: Fetcher | None = None,
) -> AsyncIterator[Studio]:
    """The studio, ready to use; closed at the end of the block. A `fetcher` is the caller's to close."""
    async with AsyncExitStack() as stack:
        data = settings.data_dir.absolute()
        data.mkdir(parents=True, exist_ok=True)
        if fetcher is None:
            fetcher = Fetcher()
            stack.push_async_callback(fetcher.aclose)
        providers = await _providers(settings, fetcher, stack)
        alone = _alone(data / "studio.lock", stack)
        parts = _Parts(settings, data, clock, reached, fetcher, providers)
        studio = parts.studio(alone)
        stack.push_async_callback(parts.decoder.aclose)
        stack.push_async_callback(studio.life.close)
        stack.push_async_callback(parts.premaker.aclose)
        await studio.life.open()
        yield studio


class _Parts:
    """The parts, each made once from those before it."""

    def __init__(
        self,
        settings: Settings,
        data: Path,
        clock: Callable[[], float],
        reached: Reached,
        fetcher: Fetcher,
        providers: Mapping[str, Provider],
    ) -> None:
        self.settings, self.data, self.clock, self.reached = settings, data, clock, reached
        self.fetcher, self.providers = fetcher, providers
        self.database = Database(settings.database_url or f"sqlite:///{data / 'studio.db'}")
        self.store, self.files = JobStore(self.database), Files(data / "files", reached)
        self.board, self.durations = Board(clock), DurationStore(self.database)
        self.leases = Leases(self.database, new_id(), LEASE_S, demo=settings.demo)
        self.decoder = Decoder()
        self.thumbnails = Thumbnails(self.files, self.decoder)
        self.premaker = Premaker(self.store, self.thumbnails, lambda: self.board.quiet)

    def studio(self, alone: bool) -> Studio:
        """All of it. `alone`: no other process is on the data folder."""
        intake, runners = self._intake(), self._runners()
        webhooks = self._webhooks(lambda job, origin: job_view(studio, job, origin, inline=False))
        worker = Worker(
            store=self.store,
            leases=self.leases,
            board=self.board,
            runners=runners,
            prepare=intake.prepare,
            ring=webhooks.ring,
            clock=self.clock,
            reached=self.reached,
            after=self.premaker.put,
        )
        budget = Budget(self.settings.budget_usd_day, self.settings.budget_usd_month)
        keeper = self._keeper(worker, webhooks, alone)
        studio = Studio(
            visitor=LOCAL,
            life=Life(
                database=self.database, files=self.files, worker=worker, keeper=keeper, board=self.board
            ),
            demo=self.settings.demo,
            webhooks=webhooks,
            thumbnails=self.thumbnails,
            _store=self.store,
            _files=self.files,
            _intake=intake,
            _worker=worker,
            _keeper=keeper,
            _canceler=Canceler(self.store, worker, self.board, runners, webhooks.ring, self.clock),
            _board=self.board,
            _budget=budget,
            _accounts=Accounts(self.database, budget, self.clock, demo=self.settings.demo),
            _reached=self.reached,
        )
        return studio

    def _runners(self) -> dict[str, Runner]:
        collector = Collector(self.files, self.clock, self.reached)
        return {
            name: Runner(
                provider=provider,
                store=self.store,
                follower=Follower(
                    provider, self.durations, self.board, self.clock, self.settings.job_timeout_s
                ),
                collector=collector,
                board=self.board,
                gate=Gate(provider.max_active, time.monotonic),
                clock=self.clock,
                reached=self.reached,
            )
            for name, provider in self.providers.items()
        }

    def _intake(self) -> Intake:
        return Intake(
            store=self.store,
            files=self.files,
            sources=Sources(self.store, self.files, self.fetcher, self.decoder, self.clock),
            receivers=Receivers(self.fetcher, self.settings.public_url),
            providers=self.providers,
            base_urls={name: _base_url(self.settings, name) for name in PROVIDERS},
            demo=self.settings.demo,
            imagen_route=self.settings.imagen_route,
            clock=self.clock,
        )

    def _webhooks(self, view: View) -> Webhooks:
        return Webhooks(
            store=self.store,
            outbox=Outbox(self.database),
            fetcher=self.fetcher,
            signer=Signer(self.settings.webhook_secret, self.data / "webhook-secret"),
            view=view,
            origin=self.settings.origin,
            clock=self.clock,
        )

    def _keeper(self, worker: Worker, webhooks: Webhooks, alone: bool) -> Keeper:
        return Keeper(
            store=self.store,
            files=self.files,
            leases=self.leases,
            durations=self.durations,
            worker=worker,
            webhooks=webhooks,
            alone=alone,
            clock=self.clock,
        )


def _alone(path: Path, stack: AsyncExitStack) -> bool:
    """Whether this is the only process on the data folder: then nobody else's lease can be alive."""
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        return False
    stack.callback(lock.release)
    return True


def _base_url(settings: Settings, name: str) -> str:
    if settings.demo:
        return f"{SANDBOX_ORIGIN}/{name}"
    return settings.base_url(name, PROVIDERS[name].base_url)


async def _providers(settings: Settings, fetcher: Fetcher, stack: AsyncExitStack) -> dict[str, Provider]:
    """The providers that can be called: all of them in the sandbox, else those whose key is set."""
    sandbox = SandboxTransport(create_sandbox()) if settings.demo else None
    made = {}
    for name, kind in PROVIDERS.items():
        key = SANDBOX_KEY if sandbox else settings.key(kind.key_variables)
        if key is None:
            continue
        client = httpx.AsyncClient(transport=sandbox) if sandbox else provider_client()
        await stack.enter_async_context(client)
        made[name] = kind(
            Wire(
                title=kind.title,
                client=client,
                fetcher=fetcher,
                base_url=_base_url(settings, name),
                key_headers=kind.auth(key),
                key_variable=kind.key_variables[0],
                owns=kind.owns,
                submit_timeout_s=settings.job_timeout_s,
            )
        )
    return made
