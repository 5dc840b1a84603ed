"""The database: one writer at a time, readers beside it, durable at every commit."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from imagestudio.core.data_dir import UnusableData
from imagestudio.store.migrate import blocking_url, file_of, is_current, migrate

T = TypeVar("T")
READERS = 2
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
BUSY_S, WRITER_BUSY_S = 10.0, 2.0
"""Seconds that a statement waits for another process's lock. The writer asks again, and meanwhile can end."""
PATIENCE_S = 60.0
"""Seconds that a change waits for a database that another process holds."""
RECORD_S = 3600.0
"""Seconds that a change waits that records what was paid for, and for a full or broken disk, too."""
PAUSE_S = 0.5
log = logging.getLogger(__name__)

LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
BROKEN = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
)
MOST_TOGETHER = 64
"""Changes that share a commit: with more, the first ones would wait for the last."""
MOST_COMPILED = 1000


class _Compiled(dict[Any, Any]):
    """What SQLAlchemy has made of our statements, once for the process: each engine would make it anew, which
    takes longer than most statements. All engines are of one dialect, so the key leaves it out."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_without_dialect(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self) >= MOST_COMPILED:
            self.clear()
        super().__setitem__(_without_dialect(key), compiled)


def _without_dialect(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part for part in key if not isinstance(part, Dialect))


COMPILED = _Compiled()


@dataclass(frozen=True, slots=True)
class _Change:
    run: Callable[[Connection], Any]
    done: asyncio.Future[Any]
    until: float
    """The end of its patience, by the monotonic clock."""
    is_record: bool

    def is_to_wait(self, error: BaseException | None) -> bool:
        """Whether it is tried again after an error: what passes, as long as somebody waits for it."""
        passing = LOCKED | BROKEN if self.is_record else LOCKED
        return _code_of(error) in passing and time.monotonic() < self.until


class Database:
    """SQLite in WAL mode with `synchronous=FULL`: what `write` has answered survives a power cut.

    A transaction is a function of a connection, run in a thread: one hop for all its statements. Changes that
    come while the disk is busy are committed together, so that many jobs share one sync. A disk or file that
    fails is the error of each change that met it; the next one tries with a new connection. What another
    process has locked is waited for, and what records money also for a disk that has no room.
    """

    def __init__(self, url: str) -> None:
        self._url = blocking_url(url)
        self._writing = _engine(self._url, begin="BEGIN IMMEDIATE", busy_s=WRITER_BUSY_S)
        self._reading = _engine(self._url, begin="BEGIN")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="database-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database-reader")
        self._connection: Connection | None = None
        self._queue: list[_Change] = []
        self._work: asyncio.Task[None] | None = None
        self._closing = self._is_held_up = False

    async def open(self) -> None:
        """Bring the schema to the newest version. Raises `UnusableData`."""
        await asyncio.to_thread(prepare_database, self._url)

    async def try_to_write(self) -> bool:
        """Whether a change reaches the disk. It changes nothing that anybody reads."""
        try:
            await self.write(lambda connection: connection.exec_driver_sql("PRAGMA user_version = 1"))
        except (SQLAlchemyError, OSError, RuntimeError):
            return False
        return True

    def explaining(self) -> AbstractContextManager[None]:
        """Raises what goes wrong with the database in the block as `UnusableData`: for the start."""
        return explaining(self._url)

    def stop_waiting(self) -> None:
        """From now, a change that can't be written at once fails."""
        self._closing = True

    async def close(self) -> None:
        """Commit what is queued, then give threads and connections back."""
        self.stop_waiting()
        if self._work:
            await self._work
        if self._connection:
            await asyncio.to_thread(self._reconnect)
        for executor, engine in ((self._writer, self._writing), (self._readers, self._reading)):
            await asyncio.to_thread(executor.shutdown)
            engine.dispose()

    async def record(self, change: Callable[[Connection], T]) -> T:
        """Like `write`, for what was paid for: it waits for an hour where the database can't take it now."""
        return await self._add(change, RECORD_S, is_record=True)

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Run a change as a transaction; it is on disk when this returns. What it raises undoes it.

        It may be run twice, so it does nothing but change the database. A caller that is cancelled only
        stops waiting: the change stays queued.
        """
        return await self._add(change, PATIENCE_S, is_record=False)

    async def _add(self, change: Callable[[Connection], T], patience_s: float, *, is_record: bool) -> T:
        done = asyncio.get_running_loop().create_future()
        queued = _Change(change, done, time.monotonic() + patience_s, is_record)
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
            try:
                outcomes = await loop.run_in_executor(self._writer, self._commit, changes)
            except asyncio.CancelledError:  # the loop ends: nobody may be left waiting
                for queued in (*batch, *self._queue):
                    queued.done.cancel()
                self._queue, self._work = [], None
                raise
            except BaseException as fault:  # such as no more threads: nothing may end the writer
                outcomes = [(None, fault)] * len(batch)
            waiting = []
            for queued, (result, error) in zip(batch, outcomes, strict=True):
                if not self._closing and queued.is_to_wait(error):
                    waiting.append((queued, error))
                else:
                    _answer(queued.done, result, error)
            if waiting:
                self._queue = [queued for queued, _ in waiting] + self._queue
                await self._pause(waiting[0][1])
            elif self._is_held_up:
                self._is_held_up = False
                log.warning("%s: the database takes changes again", file_of(self._url))
        self._work = None

    async def _pause(self, error: BaseException | None) -> None:
        if not self._is_held_up:
            self._is_held_up = True
            log.warning("%s: changes wait for the database (%s)", file_of(self._url), _one_line(error))
        await asyncio.sleep(PAUSE_S)

    def _commit(
        self, changes: Sequence[Callable[[Connection], Any]]
    ) -> list[tuple[Any, BaseException | None]]:
        """Result or error of each change: all in one transaction, or each in its own where one fails."""
        try:
            # One connection for good: a pool would roll back what is committed each time it gets one back.
            connection = self._connection = self._connection or self._writing.connect()
            with connection.begin():
                results = [change(connection) for change in changes]
            return [(result, None) for result in results]
        except BaseException as error:
            if self._is_broken(error):
                self._reconnect()
            if len(changes) == 1 or _code_of(error) in LOCKED:
                return [(None, error)] * len(changes)
        return [self._commit([change])[0] for change in changes]

    def _is_broken(self, error: BaseException) -> bool:
        """Whether the connection may be the fault: not where a change was refused, or refused itself."""
        at_fault = isinstance(error, SQLAlchemyError) and not isinstance(error, IntegrityError)
        return at_fault or (self._connection is not None and self._connection.in_transaction())

    def _reconnect(self) -> None:
        """Give the writer's connection up; the next change makes one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it may be the broken part
                connection.invalidate()
            with suppress(Exception):
                connection.close()


def prepare_database(url: str) -> None:
    """Bring a database's schema to the newest version and see that it can be written. Blocking. Raises
    `UnusableData`, which names the file and what to do."""
    engine = _engine(blocking_url(url), begin="BEGIN IMMEDIATE")
    try:
        with explaining(url):
            if not is_current(url):
                migrate(url)
            with engine.begin():
                pass
    finally:
        engine.dispose()


@contextmanager
def explaining(url: str) -> Iterator[None]:
    """Raises what goes wrong with a database in the block as `UnusableData`."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        if "locked" in str(reason):
            advice = "Another process holds it: end that one, or start again later."
        else:
            advice = (
                "Restore a backup into an empty data folder (imagestudio restore), or move this file away to "
                "begin with an empty database."
            )
        raise UnusableData(
            f"{file_of(url)}: the database can't be opened ({_one_line(error)}). {advice}"
        ) from None


def _code_of(error: BaseException | None) -> int | None:
    """SQLite's primary result code; None for what is not of SQLite."""
    reason = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(reason, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _one_line(error: object) -> str:
    return " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())[:200]


def _answer(waiting: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if waiting.done():  # its caller was cancelled
        return
    if error is None:
        waiting.set_result(result)
    elif isinstance(error, Exception) and not isinstance(error, StopIteration):
        waiting.set_exception(error)
    else:  # what a future, or the loop, would take for something else
        failure = RuntimeError("A change of the database ended with what is no error")
        failure.__cause__ = error
        waiting.set_exception(failure)


def database_url(configured: str | None, data: Path) -> str:
    """Where a studio's database is: as its settings say, else in its data folder."""
    return configured or f"sqlite:///{data / 'studio.db'}"


def _engine(url: str, *, begin: str, busy_s: float = BUSY_S) -> Engine:
    engine = create_engine(url, execution_options={"compiled_cache": COMPILED})

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        # Python's driver would begin transactions by its own rules: we say when and how.
        connection.isolation_level = None
        cursor = connection.cursor()
        # What is deleted is overwritten: no page keeps a sealed key of a job that has ended.
        for pragma in (f"busy_timeout={int(busy_s * 1000)}", *PRAGMAS, "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
