"""Which process holds a job. A lease ends unless it is renewed, and each new one has a higher number, so
that a process that was paused or thought dead changes nothing when it comes back."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, and_, exists, or_, select, update

from imagestudio.core.errors import ProviderFailed
from imagestudio.core.job import ENDED, OPEN_CALLS, Job, Payer
from imagestudio.core.messages import Message
from imagestudio.store.database import Database
from imagestudio.store.job_rows import load_job
from imagestudio.store.tables import calls, jobs

UNFINISHED = or_(
    jobs.c.status.not_in(ENDED),
    exists().where(calls.c.job_id == jobs.c.id, calls.c.state.in_(OPEN_CALLS)),
)
"""Jobs without an ending, and ended ones whose calls may still bring a picture."""


class Leases:
    """The leases of one worker, which runs the jobs of some `payers` and leaves the others alone: a live job
    waits until there are providers' keys again, and nothing of a demo is ever sent for money."""

    def __init__(
        self, database: Database, worker: str, length_s: float, *, payers: Collection[Payer]
    ) -> None:
        self._database = database
        self.worker = worker
        self.length_s = length_s
        self.payers = list(payers)

    async def release_all(self) -> None:
        """At start, when no other process is on this database: whoever held a job is dead."""

        def change(connection: Connection) -> None:
            connection.execute(update(jobs).where(jobs.c.worker.is_not(None)).values(worker=None))

        await self._database.write(change)

    async def list_free(self, now: float) -> list[str]:
        """Unfinished jobs that nobody holds, oldest first."""
        is_free = or_(jobs.c.worker.is_(None), jobs.c.lease_until < now)
        condition = and_(UNFINISHED, is_free, jobs.c.payer.in_(self.payers))
        query = select(jobs.c.id).where(condition).order_by(jobs.c.id)

        def fetch(connection: Connection) -> list[str]:
            return list(connection.execute(query).scalars())

        return await self._database.read(fetch)

    async def claim(self, job_id: str, now: float) -> Job | None:
        """Take a job that nobody holds; None where somebody does.

        A submit that was under way when its holder was lost may have been accepted: it becomes uncertain.
        """
        is_free = or_(jobs.c.worker.is_(None), jobs.c.lease_until < now)
        claim = update(jobs).where(jobs.c.id == job_id, is_free)
        values = {"worker": self.worker, "lease": jobs.c.lease + 1, "lease_until": now + self.length_s}
        lost = update(calls).where(calls.c.job_id == job_id, calls.c.state == "submitting")
        error = ProviderFailed(
            Message("provider.lost", why=Message("provider.studio_stopped")),
            charged="unknown",
        )

        def change(connection: Connection) -> Job | None:
            if connection.execute(claim.values(values)).rowcount != 1:
                return None
            ending = {"state": "uncertain", "error": error.failure, "finished_at": now}
            connection.execute(lost.values(**ending, charged="unknown"))
            return load_job(connection, job_id)

        return await self._database.write(change)

    async def renew(self, job_ids: Iterable[str], now: float) -> None:
        """Hold on to these jobs, as far as this worker holds them."""
        held = update(jobs).where(jobs.c.id.in_(list(job_ids)), jobs.c.worker == self.worker)

        def change(connection: Connection) -> None:
            connection.execute(held.values(lease_until=now + self.length_s))

        await self._database.write(change)
