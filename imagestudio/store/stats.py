"""The studio in figures, of all visitors together: for whoever watches over it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from imagestudio.providers.transport import ResponseCounter
from imagestudio.store.budget import Balance, Budget, Spender
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
class Snapshot:
    """The figures of one moment."""

    jobs: tuple[JobCount, ...]
    files: tuple[FileCount, ...]
    answers: Mapping[tuple[str, int], int]
    """Of each provider, how many by HTTP status, since the start of the process."""
    balances: tuple[Balance, ...]
    """Of the limits on what the host pays."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Where they come from. No id, prompt or owner is among them."""

    database: Database
    responses: ResponseCounter
    budget: Budget
    clock: Callable[[], float]

    async def snapshot(self) -> Snapshot:
        """Take one. It reads every job once, so a few times a minute is often enough."""
        return await self.database.read(self._snapshot)

    def _snapshot(self, connection: Connection) -> Snapshot:
        anybody = Spender(owner="", payer="studio", guest=True)
        balances = self.budget.balances(connection, self.clock(), anybody)
        # What one visitor may spend is theirs to know.
        shared = tuple(balance for balance in balances if balance.scope != "visitor")
        return Snapshot(
            _count_jobs(connection), _count_files(connection), dict(self.responses.counts), shared
        )


def _count_jobs(connection: Connection) -> tuple[JobCount, ...]:
    alike = (jobs.c.status, jobs.c.model, jobs.c.provider, jobs.c.payer)
    seconds = func.coalesce(func.sum(jobs.c.finished_at - jobs.c.started_at), 0.0)
    query = select(*alike, func.count(), seconds).group_by(*alike).order_by(*alike)
    return tuple(JobCount(*row) for row in connection.execute(query))


def _count_files(connection: Connection) -> tuple[FileCount, ...]:
    query = select(files.c.kind, func.count(), func.sum(files.c.bytes)).where(files.c.gone.is_(None))
    rows = connection.execute(query.group_by(files.c.kind).order_by(files.c.kind))
    return tuple(FileCount(*row) for row in rows)
