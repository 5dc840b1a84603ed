"""Puts the studio together: the one place that knows every part."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from imagestudio.access.key_vault import KeyVault, Sealer
from imagestudio.api.views import job_view
from imagestudio.core.checkpoints import OnCheckpoint, ignore_checkpoint
from imagestudio.core.data_dir import try_lock
from imagestudio.core.ids import new_id
from imagestudio.core.settings import Settings
from imagestudio.core.visitor import NOBODY
from imagestudio.jobs.admission import Admission
from imagestudio.jobs.cancel import Canceler
from imagestudio.jobs.collector import Collector
from imagestudio.jobs.draft import Intake
from imagestudio.jobs.job_keys import JobKeys
from imagestudio.jobs.lifespan import Lifespan
from imagestudio.jobs.maintenance import Maintenance
from imagestudio.jobs.payers import payers_of
from imagestudio.jobs.poller import Poller
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.provider_pool import Lines
from imagestudio.jobs.runner import Runner
from imagestudio.jobs.sources import Sources
from imagestudio.jobs.submit import Acceptance
from imagestudio.jobs.throttle import Throttle
from imagestudio.jobs.thumbnail_queue import ThumbnailQueue
from imagestudio.jobs.webhooks.delivery import View, Webhooks
from imagestudio.jobs.webhooks.signing import Signer
from imagestudio.jobs.webhooks.target import Receivers
from imagestudio.jobs.worker import Worker
from imagestudio.media.decoder.decoder import Decoder
from imagestudio.net import Fetcher
from imagestudio.providers.base import Provider
from imagestudio.providers.transport import ResponseCounter
from imagestudio.sandbox import SandboxTransport, create_sandbox
from imagestudio.server.limits import budget, concurrency, quotas
from imagestudio.store.accounts import Accounts
from imagestudio.store.api_keys import ApiKeys
from imagestudio.store.comparisons import ComparisonStore
from imagestudio.store.database import Database, database_url
from imagestudio.store.durations import DurationStore
from imagestudio.store.expiry import Expiry, Guests
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases
from imagestudio.store.library import LibraryStore
from imagestudio.store.outbox import Outbox
from imagestudio.store.pictures import Pictures
from imagestudio.store.retention import Retention
from imagestudio.store.shares import Shares
from imagestudio.store.stats import Stats
from imagestudio.store.thumbnails import Thumbnails
from imagestudio.studio.downloads import Downloads
from imagestudio.studio.host import Host
from imagestudio.studio.own_keys import OwnKeys
from imagestudio.studio.service import Studio

LEASE_S = 30.0


@asynccontextmanager
async def open_host(
    settings: Settings,
    clock: Callable[[], float] = time.time,
    on_checkpoint: OnCheckpoint = ignore_checkpoint,
    *,
    fetcher: Fetcher | None = None,
) -> AsyncIterator[Host]:
    """The studio, ready to use; closed at the end of the block. A `fetcher` is the caller's to close."""
    async with AsyncExitStack() as stack:
        data = settings.data_dir.absolute()
        # The prompts, pictures and secrets in it are nobody else's on this machine.
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if fetcher is None:
            fetcher = Fetcher()
            stack.push_async_callback(fetcher.aclose)
        alone = try_lock(data, stack)
        parts = _Parts(settings, data, clock, on_checkpoint, fetcher)
        stack.push_async_callback(parts.lines.aclose)
        host = parts.host(alone)
        stack.push_async_callback(parts.decoder.aclose)
        stack.push_async_callback(host.lifespan.close)
        stack.push_async_callback(parts.thumbnail_queue.aclose)
        await host.lifespan.open()
        yield host


class _Parts:
    """The parts, each made once from those before it."""

    def __init__(
        self,
        settings: Settings,
        data: Path,
        clock: Callable[[], float],
        on_checkpoint: OnCheckpoint,
        fetcher: Fetcher,
    ) -> None:
        self.settings, self.data, self.clock, self.on_checkpoint = settings, data, clock, on_checkpoint
        self.fetcher, self.payers, self.vault = fetcher, payers_of(settings), KeyVault(clock)
        self.database = Database(database_url(settings.database_url, data))
        self.store, self.files = JobStore(self.database), Files(data / "files", on_checkpoint)
        self.hub, self.durations = ProgressHub(clock), DurationStore(self.database)
        self.leases = Leases(self.database, new_id(), LEASE_S, payers=self.payers.running)
        self.collector = Collector(self.files, clock, on_checkpoint)
        self.responses = ResponseCounter()
        sealer = Sealer(settings.secret_key) if settings.secret_key else None
        self.keys = JobKeys(self.store, self.vault, sealer)
        self.lines = Lines(settings, self.payers, self.keys, fetcher, _sandbox, self._runner, self.responses)
        self.decoder = Decoder()
        self.thumbnails = Thumbnails(self.files, self.decoder)
        self.retention = self._retention()
        self.thumbnail_queue = ThumbnailQueue(self.store, self.thumbnails, lambda: self.hub.idle)

    def host(self, alone: bool) -> Host:
        """All of it. `alone`: no other process is on the data folder."""
        intake = self._intake()
        webhooks = self._webhooks(lambda job, origin: job_view(studio, job, origin, inline=False))
        worker = Worker(
            store=self.store,
            leases=self.leases,
            hub=self.hub,
            runner_of=self.lines.of,
            keys=self.keys,
            prepare=intake.prepare,
            ring=webhooks.ring,
            clock=self.clock,
            on_checkpoint=self.on_checkpoint,
            after=self.thumbnail_queue.put,
        )
        limit = budget(self.settings)
        accounts = Accounts(self.database, limit, self.clock)
        maintenance = self._maintenance(worker, webhooks, alone)
        studio = Studio(
            visitor=NOBODY,
            _webhooks=webhooks,
            _thumbnails=self.thumbnails,
            _own_keys=OwnKeys(self.vault, self.payers, self.lines),
            _payers=self.payers,
            _shares=Shares(self.database, self.clock),
            _library=LibraryStore(self.database),
            _downloads=Downloads(self.files, self.decoder),
            _store=self.store,
            _files=self.files,
            _intake=intake,
            _acceptance=Acceptance(
                store=self.store,
                intake=intake,
                worker=worker,
                admission=Admission(self.database, concurrency(self.settings), self.retention),
                budget=limit,
                accounts=accounts,
                keys=self.keys,
                on_checkpoint=self.on_checkpoint,
            ),
            _maintenance=maintenance,
            _canceler=Canceler(self.store, worker, self.hub, self.lines.of, webhooks.ring, self.clock),
            _hub=self.hub,
            _accounts=accounts,
            _lines=self.lines,
            _job_keys=self.keys,
            _pictures=Pictures(self.store, self.database, self.clock),
        )
        return Host(
            studio=studio,
            lifespan=Lifespan(
                database=self.database, files=self.files, worker=worker, maintenance=maintenance, hub=self.hub
            ),
            api_keys=ApiKeys(self.database),
            vault=self.vault,
            stats=Stats(self.database, self.responses, limit, self.clock),
            _comparisons=ComparisonStore(self.database, self.clock),
        )

    def _runner(self, provider: Provider, throttle: Throttle) -> Runner:
        timeout = self.settings.job_timeout_s
        return Runner(
            provider=provider,
            store=self.store,
            poller=Poller(provider, self.durations, self.hub, self.clock, timeout),
            collector=self.collector,
            hub=self.hub,
            throttle=throttle,
            clock=self.clock,
            on_checkpoint=self.on_checkpoint,
        )

    def _sources(self) -> Sources:
        most = self.settings.max_megapixels * 1e6
        return Sources(self.store, self.files, self.fetcher, self.decoder, self.clock, most)

    def _intake(self) -> Intake:
        return Intake(
            store=self.store,
            files=self.files,
            sources=self._sources(),
            receivers=Receivers(self.fetcher, self.settings.public_url),
            payers=self.payers,
            lines=self.lines,
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

    def _retention(self) -> Retention:
        accounts = frozenset(f"huggingface:{user.lower()}" for user in self.settings.hf_users)
        return Retention(
            expiry=Expiry(self.database, Guests(accounts)),
            database=self.database,
            files=self.files,
            thumbnails=self.thumbnails,
            quotas=quotas(self.settings),
            clock=self.clock,
        )

    def _maintenance(self, worker: Worker, webhooks: Webhooks, alone: bool) -> Maintenance:
        return Maintenance(
            store=self.store,
            files=self.files,
            leases=self.leases,
            durations=self.durations,
            worker=worker,
            keys=self.keys,
            webhooks=webhooks,
            retention=self.retention,
            alone=alone,
            clock=self.clock,
        )


def _sandbox() -> SandboxTransport:
    return SandboxTransport(create_sandbox())
