"""How much there is of everything, of all owners together: for whoever watches over the studio."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from imagestudio.store.database import Database
from imagestudio.store.tables import files, jobs


@dataclass(frozen=True, slots=True)
class JobCount:
    """Jobs that are alike, and how long they ran."""

    status: str
    model: str
    provider: str
    payer: str
    count: int
    seconds: float
    """From their starts to their ends, of those that have both, together."""


@dataclass(frozen=True, slots=True)
class FileCount:
    """Stored files of one kind."""

    kind: str
    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Census:
    """What the database held at one moment."""

    jobs: tuple[JobCount, ...]
    files: tuple[FileCount, ...]


async def take_census(database: Database) -> Census:
    """Count. It reads every job once, so a few times a minute is often enough."""
    return await database.read(_count)


def _count(connection: Connection) -> Census:
    alike = (jobs.c.status, jobs.c.model, jobs.c.provider, jobs.c.payer)
    seconds = func.coalesce(func.sum(jobs.c.finished_at - jobs.c.started_at), 0.0)
    every_job = select(*alike, func.count(), seconds).group_by(*alike).order_by(*alike)
    every_file = select(files.c.kind, func.count(), func.sum(files.c.bytes)).where(files.c.gone.is_(None))
    return Census(
        tuple(JobCount(*row) for row in connection.execute(every_job)),
        tuple(
            FileCount(*row)
            for row in connection.execute(every_file.group_by(files.c.kind).order_by(files.c.kind))
        ),
    )
