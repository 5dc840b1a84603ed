"""Puts the studio together: the one place that knows every part."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from imagestudio.accounts import Accounts
from imagestudio.api.views import job_view
from imagestudio.collector import Collector
from imagestudio.fetch import Fetcher
from imagestudio.gate import Gate
from imagestudio.ids import new_id
from imagestudio.intake import Intake
from imagestudio.keeper import Keeper
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
from imagestudio.webhooks import Webhooks
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
        database = Database(settings.database_url or f"sqlite+aiosqlite:///{data / 'studio.db'}")
        store, files, board = JobStore(database), Files(data / "files", reached), Board(clock)
        durations = DurationStore(database)
        leases = Leases(database, new_id(), LEASE_S, demo=settings.demo)
        providers = await _providers(settings, fetcher, stack)
        collector = Collector(files, clock, reached)
        runners = {
            name: Runner(
                provider=provider,
                store=store,
                durations=durations,
                collector=collector,
                board=board,
                gate=Gate(provider.max_active, time.monotonic),
                clock=clock,
                job_timeout_s=settings.job_timeout_s,
                reached=reached,
            )
            for name, provider in providers.items()
        }
        intake = Intake(
            store=store,
            files=files,
            sources=Sources(store, files, fetcher, clock),
            receivers=Receivers(fetcher, settings.public_url),
            providers=providers,
            base_urls={name: _base_url(settings, name) for name in PROVIDERS},
            demo=settings.demo,
            imagen_route=settings.imagen_route,
            clock=clock,
        )
        worker = Worker(
            store=store,
            leases=leases,
            board=board,
            runners=runners,
            prepare=intake.prepare,
            clock=clock,
            reached=reached,
        )
        webhooks = Webhooks(
            store=store,
            outbox=Outbox(database),
            fetcher=fetcher,
            signer=Signer(settings.webhook_secret, data / "webhook-secret"),
            view=lambda job, origin: job_view(studio, job, origin, inline=False),
            origin=settings.origin,
            clock=clock,
        )
        keeper = Keeper(
            store=store,
            files=files,
            leases=leases,
            durations=durations,
            worker=worker,
            webhooks=webhooks,
            alone=_alone(data / "studio.lock", stack),
            clock=clock,
        )
        budget = Budget(settings.budget_usd_day, settings.budget_usd_month)
        studio = Studio(
            database=database,
            store=store,
            files=files,
            intake=intake,
            worker=worker,
            keeper=keeper,
            board=board,
            runners=runners,
            budget=budget,
            accounts=Accounts(database, budget, clock, demo=settings.demo),
            webhooks=webhooks,
            thumbnails=Thumbnails(files),
            clock=clock,
            reached=reached,
        )
        stack.push_async_callback(studio.close)
        await studio.open()
        yield studio


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
