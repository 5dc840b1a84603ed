"""The database: one writer at a time, readers beside it, durable at every commit."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event

from imagestudio.store.migrate import blocking_url, is_current, migrate

T = TypeVar("T")
READERS = 2
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")
MOST_TOGETHER = 64
"""Changes that share a commit: with more, the first ones would wait for the last."""


@dataclass(frozen=True, slots=True)
class _Change:
    run: Callable[[Connection], Any]
    done: asyncio.Future[Any]


class Database:
    """SQLite in WAL mode with `synchronous=FULL`: what `write` has answered survives a power cut.

    A transaction is a function of a connection, run in a thread: one hop for all its statements. Changes that
    come while the disk is busy are committed together, so that many jobs share one sync.
    """

    def __init__(self, url: str) -> None:
        self._url = blocking_url(url)
        self._writing = _engine(self._url, begin="BEGIN IMMEDIATE")
        self._reading = _engine(self._url, begin="BEGIN")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="database-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database-reader")
        self._connection: Connection | None = None
        self._queue: list[_Change] = []
        self._work: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Bring the schema to the newest version."""
        if not await asyncio.to_thread(is_current, self._url):
            await asyncio.to_thread(migrate, self._url)

    async def close(self) -> None:
        """Commit what is queued, then give threads and connections back."""
        if self._work:
            await self._work
        if self._connection:
            await asyncio.to_thread(self._connection.close)
        for executor, engine in ((self._writer, self._writing), (self._readers, self._reading)):
            await asyncio.to_thread(executor.shutdown)
            engine.dispose()

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Run a change as a transaction; it is on disk when this returns. What it raises undoes it.

        It may be run twice, so it does nothing but change the database. A caller that is cancelled only
        stops waiting: the change stays queued.
        """
        queued = _Change(change, asyncio.get_running_loop().create_future())
        self._queue.append(queued)
        if self._work is None:
            self._work = asyncio.create_task(self._commit_queue())
        result: T = await queued.done
        return result

    async def read(self, fetch: Callable[[Connection], T]) -> T:
        """Run a query at a consistent view."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._fetch, fetch)

    def _fetch(self, fetch: Callable[[Connection], T]) -> T:
        with self._reading.begin() as connection:
            return fetch(connection)

    async def _commit_queue(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            batch, self._queue = self._queue[:MOST_TOGETHER], self._queue[MOST_TOGETHER:]
            changes = [queued.run for queued in batch]
            outcomes = await loop.run_in_executor(self._writer, self._commit, changes)
            for queued, (result, error) in zip(batch, outcomes, strict=True):
                if queued.done.done():  # its caller was cancelled
                    continue
                if error is None:
                    queued.done.set_result(result)
                else:
                    queued.done.set_exception(error)
        self._work = None

    def _commit(self, changes: Sequence[Callable[[Connection], Any]]) -> list[tuple[Any, Exception | None]]:
        """Result or error of each change: all in one transaction, or each in its own where one fails."""
        # One connection for good: a pool would roll back what is committed each time it gets one back.
        connection = self._connection = self._connection or self._writing.connect()
        try:
            with connection.begin():
                results = [change(connection) for change in changes]
            return [(result, None) for result in results]
        except Exception as error:
            if len(changes) == 1:
                return [(None, error)]
        return [self._commit([change])[0] for change in changes]


def database_url(configured: str | None, data: Path) -> str:
    """Where a studio's database is: as its settings say, else in its data folder."""
    return configured or f"sqlite:///{data / 'studio.db'}"


def _engine(url: str, *, begin: str) -> Engine:
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        # Python's driver would begin transactions by its own rules: we say when and how.
        connection.isolation_level = None
        cursor = connection.cursor()
        # What is deleted is overwritten: no page keeps a sealed key of a job that has ended.
        for pragma in (*PRAGMAS, "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
