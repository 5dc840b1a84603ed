"""Puts the studio together: the one place that knows every part."""

import time
from asyncio import Semaphore
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from imagestudio.fetch import Fetcher
from imagestudio.progress import Board
from imagestudio.providers import PROVIDERS
from imagestudio.providers.base import Provider
from imagestudio.providers.http import Wire, provider_client
from imagestudio.runner import Runner
from imagestudio.sandbox import SandboxTransport, create_sandbox
from imagestudio.settings import Settings
from imagestudio.sources import Sources
from imagestudio.store.database import Database
from imagestudio.store.files import Files
from imagestudio.store.jobs import JobStore
from imagestudio.studio import Studio

SANDBOX_ORIGIN = "http://sandbox"
SANDBOX_KEY = "demo"


@asynccontextmanager
async def open_studio(settings: Settings, clock: Callable[[], float] = time.time) -> AsyncIterator[Studio]:
    """The studio, ready to use; closed at the end of the block."""
    async with AsyncExitStack() as stack:
        data = settings.data_dir.absolute()
        data.mkdir(parents=True, exist_ok=True)
        fetcher = Fetcher()
        stack.push_async_callback(fetcher.aclose)
        database = Database(settings.database_url or f"sqlite+aiosqlite:///{data / 'studio.db'}")
        store, files, board = JobStore(database), Files(data / "files"), Board(clock)
        providers = await _providers(settings, fetcher, stack)
        runners = {
            name: Runner(
                provider=provider,
                store=store,
                files=files,
                board=board,
                clock=clock,
                job_timeout_s=settings.job_timeout_s,
                slots=Semaphore(provider.max_active),
            )
            for name, provider in providers.items()
        }
        studio = Studio(
            database=database,
            store=store,
            files=files,
            sources=Sources(store, files, fetcher, clock),
            board=board,
            runners=runners,
            base_urls={name: _base_url(settings, name) for name in PROVIDERS},
            demo=settings.demo,
            imagen_route=settings.imagen_route,
            clock=clock,
        )
        stack.push_async_callback(studio.close)
        await studio.open()
        yield studio


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
