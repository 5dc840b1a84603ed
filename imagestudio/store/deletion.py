"""What a visitor deletes: a job with all that belongs to it, or everything. For a day it can be brought back,
then `erasure` takes it for good.

What was deleted together is marked with one moment, by which it comes back together.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from imagestudio.core.errors import InvalidParameter
from imagestudio.core.job import ENDED, RESTORABLE_S, UNENDED
from imagestudio.core.messages import Message
from imagestudio.store.database import Database
from imagestudio.store.tables import comparison_entries, comparisons, files, jobs, webhooks

AT_ONCE = 500
"""Pictures that are marked in one transaction: other writers wait meanwhile."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """How much was deleted, or brought back."""

    jobs: int
    pictures: int
    restorable_until: float | None = None
    """In seconds since 1970; None where nothing was deleted."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """Deletes and brings back, for one owner at a time."""

    database: Database
    clock: Callable[[], float]

    async def delete_job(self, owner: str, job_id: str) -> bool:
        """Put an ended job aside with its pictures, its picture to edit, and the comparison that has nothing
        else; its webhook is told nothing more. False where that is no ended job of theirs, or gone."""
        at = self.clock()
        mine = and_(jobs.c.id == job_id, jobs.c.owner == owner)
        ended = and_(mine, jobs.c.gone.is_(None), jobs.c.status.in_(ENDED))

        def change(connection: Connection) -> bool:
            if connection.execute(update(jobs).where(ended).values(gone="binned", gone_at=at)).rowcount != 1:
                return False
            there = and_(files.c.owner == owner, files.c.gone.is_(None), _belongs_to(job_id))
            connection.execute(update(files).where(there).values(gone="binned", gone_at=at))
            connection.execute(update(webhooks).where(webhooks.c.job_id == job_id).values(due_at=None))
            condition = and_(_compares(job_id), comparisons.c.gone_at.is_(None), ~HAS_JOBS)
            connection.execute(update(comparisons).where(condition).values(gone_at=at))
            return True

        return await self.database.write(change)

    async def restore_job(self, owner: str, job_id: str) -> bool:
        """Bring a job back with what went with it; false where it can't be any more, or is there."""
        mine = and_(jobs.c.id == job_id, jobs.c.owner == owner, *self._restorable())

        def change(connection: Connection) -> bool:
            at = connection.execute(select(jobs.c.gone_at).where(mine)).scalar()
            if at is None:
                return False
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(gone=None, gone_at=None))
            together = and_(files.c.gone == "binned", files.c.gone_at == at, _belongs_to(job_id))
            connection.execute(update(files).where(together).values(gone=None, gone_at=None))
            condition = and_(_compares(job_id), comparisons.c.gone_at == at)
            connection.execute(update(comparisons).where(condition).values(gone_at=None))
            return True

        return await self.database.write(change)

    async def delete_all(self, owner: str) -> Deleted:
        """Put everything of an owner aside. Raises `InvalidParameter` where a job has not ended."""
        at = self.clock()
        there = and_(files.c.owner == owner, files.c.gone.is_(None))
        await self.database.read(lambda connection: _refuse_unended(connection, owner))
        pictures = await self._mark(there, "binned", at)
        mine = and_(jobs.c.owner == owner, jobs.c.gone.is_(None))

        def change(connection: Connection) -> int:
            _refuse_unended(connection, owner)
            ids = select(jobs.c.id).where(mine)
            waiting = and_(webhooks.c.due_at.is_not(None), webhooks.c.job_id.in_(ids))
            connection.execute(update(webhooks).where(waiting).values(due_at=None))
            condition = and_(comparisons.c.owner == owner, comparisons.c.gone_at.is_(None))
            connection.execute(update(comparisons).where(condition).values(gone_at=at))
            connection.execute(update(files).where(there).values(gone="binned", gone_at=at))
            return connection.execute(update(jobs).where(mine).values(gone="binned", gone_at=at)).rowcount

        return Deleted(await self.database.write(change), pictures, at + RESTORABLE_S)

    async def restore_all(self, owner: str) -> Deleted:
        """Bring back everything that an owner deleted less than a day ago."""
        since = self.clock() - RESTORABLE_S
        mine = and_(jobs.c.owner == owner, *self._restorable())

        def change(connection: Connection) -> int:
            condition = and_(comparisons.c.owner == owner, comparisons.c.gone_at > since)
            connection.execute(update(comparisons).where(condition).values(gone_at=None))
            return connection.execute(update(jobs).where(mine).values(gone=None, gone_at=None)).rowcount

        number = await self.database.write(change)
        binned = and_(files.c.owner == owner, files.c.gone == "binned", files.c.gone_at > since)
        return Deleted(number, await self._mark(binned, None, None))

    def _restorable(self) -> tuple[ColumnElement[bool], ...]:
        return (jobs.c.gone == "binned", jobs.c.gone_at > self.clock() - RESTORABLE_S)

    async def _mark(self, which: ColumnElement[bool], gone: str | None, at: float | None) -> int:
        """Mark pictures, some at a time; how many came out of jobs."""
        total = 0

        def change(connection: Connection) -> tuple[int, int]:
            some = connection.execute(select(files.c.id, files.c.kind).where(which).limit(AT_ONCE)).all()
            marked = update(files).where(files.c.id.in_([row.id for row in some]))
            connection.execute(marked.values(gone=gone, gone_at=at))
            return len(some), sum(row.kind == "result" for row in some)

        while True:
            some, pictures = await self.database.write(change)
            total += pictures
            if some < AT_ONCE:
                return total


def _belongs_to(job_id: str) -> ColumnElement[bool]:
    """Of files: what came out of a job, and what it alone was given to edit."""
    others = exists().where(jobs.c.input_file == files.c.id, jobs.c.id != job_id, jobs.c.gone.is_(None))
    given = select(jobs.c.input_file).where(jobs.c.id == job_id).scalar_subquery()
    return or_(files.c.job_id == job_id, and_(files.c.kind == "input", files.c.id == given, ~others))


def _compares(job_id: str) -> ColumnElement[bool]:
    """Of comparisons: it has this job."""
    ids = select(comparison_entries.c.comparison_id).where(comparison_entries.c.job_id == job_id)
    return comparisons.c.id.in_(ids)


HAS_JOBS = exists().where(
    comparison_entries.c.comparison_id == comparisons.c.id,
    jobs.c.id == comparison_entries.c.job_id,
    jobs.c.gone.is_(None),
)
"""Of comparisons: a job of it is there."""


def _refuse_unended(connection: Connection, owner: str) -> None:
    query = select(func.count()).where(jobs.c.owner == owner, jobs.c.status.in_(UNENDED))
    if number := connection.execute(query).scalar_one():
        raise InvalidParameter(Message("everything.not_ended", number=number), jobs=number)
