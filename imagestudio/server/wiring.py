"""Puts the studio together: the one place that knows every part."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from imagestudio.access.key_vault import KeyVault, Sealer
from imagestudio.core.checkpoints import OnCheckpoint, ignore_checkpoint
from imagestudio.core.data_dir import make_private, try_lock
from imagestudio.core.ids import new_id
from imagestudio.core.settings import Settings
from imagestudio.core.visitor import NOBODY
from imagestudio.jobs.cancel import Canceler
from imagestudio.jobs.collector import Collector
from imagestudio.jobs.look_again import Reopener
from imagestudio.jobs.maintenance import Lifespan, Maintenance
from imagestudio.jobs.orphans import Orphans
from imagestudio.jobs.payers import JobKeys, payers_of
from imagestudio.jobs.progress import ProgressHub
from imagestudio.jobs.provider_pool import ProviderPool
from imagestudio.jobs.sources import SourcePictures
from imagestudio.jobs.submit import Submitter
from imagestudio.jobs.thumbnail_queue import ThumbnailQueue
from imagestudio.jobs.webhooks.delivery import Webhooks
from imagestudio.jobs.webhooks.signing import Signer
from imagestudio.jobs.webhooks.target import Receivers
from imagestudio.jobs.worker import Worker
from imagestudio.media.decoder.decoder import Decoder
from imagestudio.net import Fetcher
from imagestudio.providers.transport import ResponseCounter
from imagestudio.sandbox import SandboxTransport, create_sandbox
from imagestudio.server.limits import budget, concurrency, quotas
from imagestudio.store.accounts import Accounts
from imagestudio.store.api_keys import ApiKeys
from imagestudio.store.comparisons import ComparisonStore
from imagestudio.store.database import Database, database_url
from imagestudio.store.deletion import Deletion
from imagestudio.store.durations import DurationStore
from imagestudio.store.erasure import Erasure
from imagestudio.store.expiry import Expiry, Guests
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases
from imagestudio.store.library import LibraryStore
from imagestudio.store.outbox import Outbox
from imagestudio.store.pictures import Pictures
from imagestudio.store.retention import Retention
from imagestudio.store.sessions import EndedSessions
from imagestudio.store.shares import Shares
from imagestudio.store.stats import Stats
from imagestudio.store.thumbnails import Thumbnails
from imagestudio.studio.downloads import Downloads
from imagestudio.studio.host import Host
from imagestudio.studio.readiness import Readiness
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
        make_private(data)
        if fetcher is None:
            fetcher = Fetcher()
            stack.push_async_callback(fetcher.aclose)
        alone = try_lock(data, stack)
        parts = _Parts(settings, data, clock, on_checkpoint, fetcher)
        stack.push_async_callback(parts.pool.aclose)
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
        self.orphans = Orphans(self.store, self.files, clock)
        self.hub, self.durations = ProgressHub(clock), DurationStore(self.database)
        self.leases = Leases(self.database, new_id(), LEASE_S, payers=self.payers.running)
        self.responses = ResponseCounter()
        sealer = Sealer(*settings.secret_key) if settings.secret_key else None
        self.keys = JobKeys(self.store, self.vault, sealer)
        self.pool = ProviderPool(settings, self.payers, self.keys, fetcher, _sandbox, self.responses)
        self.decoder = Decoder()
        self.thumbnails = Thumbnails(self.files, self.decoder)
        self.retention = self._retention()
        self.thumbnail_queue = ThumbnailQueue(self.store, self.thumbnails, self.hub)
        self.webhooks = self._webhooks()
        self.worker = self._worker()
        self.reopener = Reopener(
            self.store, self.leases, self.worker, self.payers, self.keys, self.pool, clock
        )
        self.budget = budget(settings)
        self.accounts = Accounts(self.database, self.budget, clock)
        self.shares = Shares(self.database, clock)
        self.sources = SourcePictures(
            self.store,
            self.files,
            fetcher,
            self.decoder,
            self.shares,
            clock,
            settings.max_megapixels * 1e6,
        )

    def host(self, alone: bool) -> Host:
        """All of it. `alone`: no other process is on the data folder."""
        return Host(
            studio=self._studio(),
            lifespan=self._lifespan(alone),
            api_keys=ApiKeys(self.database),
            ended_sessions=EndedSessions(self.database),
            vault=self.vault,
            stats=Stats(self.database, self.responses, self.budget, self.clock),
            readiness=Readiness(self.database, self.data, quotas(self.settings).free_bytes),
            _comparisons=ComparisonStore(self.database, self.clock),
        )

    def _studio(self) -> Studio:
        return Studio(
            visitor=NOBODY,
            _webhooks=self.webhooks,
            _thumbnails=self.thumbnails,
            _vault=self.vault,
            _payers=self.payers,
            _shares=self.shares,
            _library=LibraryStore(self.database),
            _downloads=Downloads(self.files, self.decoder),
            _store=self.store,
            _files=self.files,
            _sources=self.sources,
            _submitter=self._submitter(),
            _reopener=self.reopener,
            _canceler=Canceler(self.store, self.worker, self.hub, self.pool, self.webhooks, self.clock),
            _hub=self.hub,
            _accounts=self.accounts,
            _pool=self.pool,
            _pictures=Pictures(self.store, self.database, self.clock),
            _deletion=Deletion(self.database, self.clock),
        )

    def _submitter(self) -> Submitter:
        return Submitter(
            store=self.store,
            database=self.database,
            files=self.files,
            sources=self.sources,
            receivers=Receivers(self.fetcher, self.settings.public_address),
            payers=self.payers,
            keys=self.keys,
            pool=self.pool,
            leases=self.leases,
            worker=self.worker,
            retention=self.retention,
            concurrency=concurrency(self.settings),
            budget=self.budget,
            accounts=self.accounts,
            imagen_route=self.settings.imagen_route,
            clock=self.clock,
            on_checkpoint=self.on_checkpoint,
        )

    def _worker(self) -> Worker:
        return Worker(
            store=self.store,
            leases=self.leases,
            hub=self.hub,
            pool=self.pool,
            keys=self.keys,
            files=self.files,
            orphans=self.orphans,
            collector=Collector(self.files, self.clock, self.on_checkpoint),
            durations=self.durations,
            webhooks=self.webhooks,
            thumbnail_queue=self.thumbnail_queue,
            imagen_route=self.settings.imagen_route,
            job_timeout_s=self.settings.job_timeout_s,
            clock=self.clock,
            on_checkpoint=self.on_checkpoint,
        )

    def _webhooks(self) -> Webhooks:
        return Webhooks(
            store=self.store,
            outbox=Outbox(self.database),
            fetcher=self.fetcher,
            signer=Signer(self.settings.webhook_secret, self.data / "webhook-secret"),
            origin=self.settings.origin,
            clock=self.clock,
        )

    def _retention(self) -> Retention:
        accounts = frozenset(f"huggingface:{user.lower()}" for user in self.settings.hf_users)
        guests = Guests(accounts)
        return Retention(
            expiry=Expiry(self.database, guests),
            erasure=Erasure(self.database, guests),
            database=self.database,
            files=self.files,
            thumbnails=self.thumbnails,
            quotas=quotas(self.settings),
            clock=self.clock,
        )

    def _lifespan(self, alone: bool) -> Lifespan:
        maintenance = Maintenance(
            orphans=self.orphans,
            leases=self.leases,
            durations=self.durations,
            worker=self.worker,
            reopener=self.reopener,
            webhooks=self.webhooks,
            retention=self.retention,
            alone=alone,
            clock=self.clock,
        )
        return Lifespan(
            database=self.database,
            files=self.files,
            worker=self.worker,
            maintenance=maintenance,
            hub=self.hub,
            alone=alone,
        )


def _sandbox() -> SandboxTransport:
    return SandboxTransport(create_sandbox())
