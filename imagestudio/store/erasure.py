"""What is forgotten for good of jobs that were deleted, and of guests' jobs whose pictures are gone: prompt,
settings, what was sent and answered, and whatever else was kept for them.

The row stays, empty of words: when it was, of which model, how it ended and what it cost. Budgets and usage
add it up.
"""

from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, or_, select, text, update

from imagestudio.core.job import ENDED, RESTORABLE_S, Gone, StoredFile
from imagestudio.core.units import DAY_S
from imagestudio.store.database import Database
from imagestudio.store.expiry import ON_DISK, Guests
from imagestudio.store.leases import UNFINISHED
from imagestudio.store.tables import (
    calls,
    comparison_entries,
    comparisons,
    files,
    idempotency_keys,
    job_keys,
    jobs,
    prompt_words,
    shares,
    webhooks,
)

AT_ONCE = 100
"""Jobs that are erased in one transaction: other writers wait meanwhile."""
MERGE_PAGES = 200
"""Pages of the search's index that are written anew in one transaction."""
JOB: dict[str, Any] = {
    "asked": {},
    "prompt": "",
    "controls": {},
    "input_file": None,
    "warnings": (),
    "error": None,
    "replaces": None,
    "webhook_url": None,
    "origin": None,
    "network": "",
}
CALL: dict[str, Any] = {"body": {}, "ticket": None, "warnings": (), "error": None, "seed": None}
LEFT = or_(jobs.c.gone.is_(None), jobs.c.gone == "binned")
"""Of jobs: there is something to erase."""
HAS_FILES = exists().where(files.c.job_id == jobs.c.id)
HAS_PICTURES = exists().where(files.c.job_id == jobs.c.id, ON_DISK)


class Erasure:
    """Erases jobs of all owners. The pictures that it gives back are marked as gone: their bytes are next."""

    def __init__(self, database: Database, guests: Guests) -> None:
        self._database = database
        self._guests = guests

    async def erase_deleted(self, at: float) -> list[StoredFile]:
        """Erase what its owner deleted more than a day ago."""
        before = at - RESTORABLE_S
        old = and_(jobs.c.gone == "binned", jobs.c.gone_at < before)
        erased = await self._erase(old, "owner", None)
        await self._delete_comparisons(comparisons.c.gone_at < before)
        return erased

    async def erase_of_guests(self, before: float | None, at: float) -> list[StoredFile]:
        """Erase jobs of guests whose pictures are gone, or that brought none and are from before a moment."""
        over = HAS_FILES if before is None else or_(HAS_FILES, jobs.c.created_at < before)
        # A network's money is counted by the day: what erased it sooner would give it back.
        old = jobs.c.created_at < at - DAY_S
        condition = and_(jobs.c.gone.is_(None), self._guests.among(jobs.c.owner), old, over, ~HAS_PICTURES)
        erased = await self._erase(condition, "age", at)
        if before is not None:
            past = and_(self._guests.among(comparisons.c.owner), comparisons.c.created_at < before)
            await self._delete_comparisons(and_(past, ~_has(jobs.c.gone.is_(None))))
        return erased

    async def _erase(self, which: ColumnElement[bool], reason: Gone, at: float | None) -> list[StoredFile]:
        """Erase the jobs of a condition that nothing more comes to. `at` None leaves the moment noted.

        The pictures first: with them the search's index lets go of the prompts, whose words it has to be
        told. A process killed between has left the prompts, and the next begins again.
        """
        query = select(jobs.c.id).where(which, jobs.c.status.in_(ENDED), ~UNFINISHED)
        ids = await self._database.read(lambda connection: list(connection.execute(query).scalars()))
        starts = range(0, len(ids), AT_ONCE)
        parts = [query.where(jobs.c.id.in_(ids[start : start + AT_ONCE])) for start in starts]
        gone: list[StoredFile] = []
        for part in parts:
            gone += await self._database.write(partial(_mark_files, which=part, reason=reason, at=at))
        if parts:
            await self._forget_words()
        for part in parts:
            await self._database.write(partial(_erase, which=part, reason=reason, at=at))
        return gone

    async def _delete_comparisons(self, which: ColumnElement[bool]) -> None:
        await self._database.write(partial(_delete_comparisons, which=which))

    async def _forget_words(self) -> None:
        """Take the words of erased prompts out of the search's index, which only notes that they are deleted
        until its parts are merged (sqlite.org/fts5.html, 6.8: a negative number begins a merge of all)."""
        pages = -MERGE_PAGES
        while await self._database.write(partial(_merge, pages=pages)):
            pages = MERGE_PAGES


def _merge(connection: Connection, pages: int) -> bool:
    """One step; whether there is more to do."""
    changes = text("SELECT total_changes()")
    before = connection.execute(changes).scalar_one()
    step = text("INSERT INTO library_search (library_search, rank) VALUES ('merge', :pages)")
    connection.execute(step, {"pages": pages})
    return bool(connection.execute(changes).scalar_one() - before >= 2)


def _mark_files(
    connection: Connection, which: Select[tuple[str]], reason: Gone, at: float | None
) -> list[StoredFile]:
    """Mark what came out of these jobs, and what nothing but them was given to edit, as gone."""
    ids = connection.execute(which).scalars().all()
    given = select(jobs.c.input_file).where(jobs.c.id.in_(ids))
    others = exists().where(jobs.c.input_file == files.c.id, LEFT, jobs.c.id.not_in(ids))
    alone = and_(files.c.kind == "input", files.c.id.in_(given), ~others)
    query = select(files).where(ON_DISK, or_(files.c.job_id.in_(ids), alone))
    gone = [StoredFile(**row._mapping) for row in connection.execute(query)]
    moment = {} if at is None else {"gone_at": at}
    marked = update(files).where(files.c.id.in_([file.id for file in gone]))
    connection.execute(marked.values(gone=reason, **moment))
    return gone


def _erase(connection: Connection, which: Select[tuple[str]], reason: Gone, at: float | None) -> None:
    ids = connection.execute(which).scalars().all()
    pictures = select(files.c.id).where(files.c.job_id.in_(ids))
    connection.execute(delete(shares).where(shares.c.file_id.in_(pictures)))
    _delete_comparisons(connection, and_(_has(jobs.c.id.in_(ids)), ~_has(and_(LEFT, jobs.c.id.not_in(ids)))))
    for table in (prompt_words, idempotency_keys, webhooks, job_keys):
        connection.execute(delete(table).where(table.c.job_id.in_(ids)))
    connection.execute(update(calls).where(calls.c.job_id.in_(ids)).values(CALL))
    moment = {} if at is None else {"gone_at": at}
    connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(JOB | {"gone": reason} | moment))


def _delete_comparisons(connection: Connection, which: ColumnElement[bool]) -> None:
    ids = connection.execute(select(comparisons.c.id).where(which)).scalars().all()
    entries = delete(comparison_entries).where(comparison_entries.c.comparison_id.in_(ids))
    connection.execute(entries)
    connection.execute(delete(comparisons).where(comparisons.c.id.in_(ids)))


def _has(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of comparisons: a job of it is so."""
    return exists().where(
        comparison_entries.c.comparison_id == comparisons.c.id,
        jobs.c.id == comparison_entries.c.job_id,
        condition,
    )
