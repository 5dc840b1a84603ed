"""The database: one writer at a time, readers beside it, durable at every commit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from imagestudio.store.migrate import is_current, migrate


class Database:
    """SQLite in WAL mode with `synchronous=FULL`: what a commit has answered survives a power cut.

    SQLite takes one writer; waiting for it in a queue of our own costs less than its busy handler.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._writer = _engine(url, pool_size=1, begin="BEGIN IMMEDIATE")
        self._readers = _engine(url, pool_size=4, begin="BEGIN")

    async def open(self) -> None:
        """Bring the schema to the newest version."""
        if not await asyncio.to_thread(is_current, self._url):
            await asyncio.to_thread(migrate, self._url)

    async def close(self) -> None:
        """Give the connections back."""
        await self._writer.dispose()
        await self._readers.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end of the block, and is on disk then."""
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view."""
        async with self._readers.begin() as connection:
            yield connection


def _engine(url: str, *, pool_size: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=60)

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        # Python's driver would begin transactions by its own rules: we say when and how.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
