"""Jobs, calls and files in the database: every change of state is one transaction with its condition."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from imagestudio.core.job import CallRecord, CallState, Job, JobStatus, Payer, StoredFile
from imagestudio.core.visitor import Caps
from imagestudio.store.adding import IdempotencyKey, add
from imagestudio.store.budget import Budget
from imagestudio.store.concurrency import ConcurrencyLimit
from imagestudio.store.database import Database
from imagestudio.store.job_rows import change_call, columns, load, load_one
from imagestudio.store.job_transitions import UNENDED, conclude, end
from imagestudio.store.reopening import reopen
from imagestudio.store.statements import ADD_FILE, FILE, KEY, START_JOB
from imagestudio.store.tables import calls, files, idempotency_keys, jobs


class KeyTaken(Exception):
    """An idempotency key already names a job."""


@dataclass(frozen=True, slots=True)
class SavedResult:
    """A call's result is recorded; with it its job has ended, or has not."""

    ended: Job | None


class JobStore:
    """The one place that writes jobs. A worker's changes name its lease; a lost one changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        job: Job,
        key: IdempotencyKey | None = None,
        budget: Budget | None = None,
        concurrency: ConcurrencyLimit | None = None,
        *,
        caps: Caps | None = None,
        sealed: bytes | None = None,
    ) -> None:
        """Keep a new job with its calls and, in the same breath, its key and its share of the budget, and
        the sealed key of the provider that whoever asks lends it.

        Raises `KeyTaken` where a job holds that key already, `BudgetExceeded`, `RateLimited` or
        `ModelUnavailable` where the job would pass a limit; nothing is kept then.
        """
        try:
            await self._database.write(
                lambda connection: add(connection, job, key, budget, concurrency, caps or Caps(), sealed)
            )
        except IntegrityError as error:
            raise KeyTaken from error

    async def find_key(self, owner: str, key: str) -> tuple[str, str] | None:
        """The fingerprint and the job that an idempotency key stands for."""
        table = idempotency_keys
        query = select(table.c.fingerprint, table.c.job_id).where(table.c.owner == owner, table.c.key == key)

        def look(connection: Connection) -> tuple[str, str] | None:
            row = connection.execute(query).one_or_none()
            return (row.fingerprint, row.job_id) if row else None

        return await self._database.read(look)

    async def get(self, job_id: str) -> Job | None:
        """A job with its calls and files."""
        return await self._database.read(lambda connection: load_one(connection, job_id))

    async def page(self, owner: str, limit: int, before: str | None = None) -> list[Job]:
        """An owner's jobs, newest first, older than the job `before`."""
        query = select(jobs).where(jobs.c.owner == owner)
        if before is not None:
            query = query.where(jobs.c.id < before)

        def look(connection: Connection) -> list[Job]:
            return load(connection, query.order_by(jobs.c.id.desc()).limit(limit))

        return await self._database.read(look)

    async def has_unfinished(self, owner: str) -> bool:
        """Whether a job of this owner has not ended."""
        query = select(exists().where(jobs.c.owner == owner, jobs.c.status.in_(["queued", "running"])))
        return await self._database.read(lambda connection: bool(connection.execute(query).scalar()))

    async def finish(
        self,
        job: Job,
        status: JobStatus,
        *,
        lease: int | None = None,
        instead_of: Sequence[JobStatus] = UNENDED,
        **values: Any,
    ) -> bool:
        """Give a job its ending and, with it, put its webhook into the outbox; false where it has one that
        is not to be replaced, or where the lease is lost."""
        return await self._database.write(
            lambda connection: end(connection, job, status, lease, instead_of, values)
        )

    async def conclude(self, job_id: str, lease: int, at: float) -> Job | None:
        """Give a job the ending that its calls add up to, unless it has one at least as good, and let it go.
        The job as it then stands; None where a call is still open."""
        return await self._database.write(lambda connection: conclude(connection, job_id, lease, at))

    async def set_warnings(self, job_id: str, warnings: Sequence[str]) -> None:
        """Replace a job's warnings."""

        def change(connection: Connection) -> None:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(warnings=list(warnings)))

        await self._database.write(change)

    async def begin_submit(self, call: CallRecord, lease: int, at: float) -> bool:
        """Write down that a call is about to leave: durable before it does. Its job runs from here on.

        False where the call was dropped meanwhile, or the lease is lost: then it must not leave.
        """
        values = {"state": "submitting", "submitted_at": at, "charged": "unknown"}

        def change(connection: Connection) -> bool:
            if not change_call(connection, call, ["planned"], lease, values):
                return False
            connection.execute(START_JOB, {"job": call.job_id, "status": "running", "started_at": at})
            return True

        return await self._database.write(change)

    async def change_call(
        self, call: CallRecord, allowed: Iterable[CallState], *, lease: int | None = None, **values: Any
    ) -> bool:
        """Change a call that is in an allowed state; false where it is in none, or the lease is lost."""

        def change(connection: Connection) -> bool:
            return change_call(connection, call, allowed, lease, values)

        return await self._database.write(change)

    async def save_result(
        self, call: CallRecord, lease: int, pictures: Sequence[StoredFile], *, at: float, **values: Any
    ) -> SavedResult | None:
        """Record a call's pictures and its ending together, and the job's where this was its last open call.
        Their bytes are on disk already. None where the lease is lost."""

        def change(connection: Connection) -> SavedResult | None:
            if not change_call(
                connection, call, ["submitting", "accepted"], lease, {**values, "finished_at": at}
            ):
                return None
            if pictures:
                connection.execute(ADD_FILE, [columns(files, picture) for picture in pictures])
            return SavedResult(conclude(connection, call.job_id, lease, at))

        return await self._database.write(change)

    async def reopen(self, job_id: str, *, quietly: bool = False, sealed: bytes | None = None) -> bool:
        """Look again: calls that have a ticket are followed once more, and their job runs again, with the
        `sealed` key that it is lent. `quietly`, the job keeps its ending until there is a better one. False
        where somebody is looking already."""
        return await self._database.write(
            lambda connection: reopen(connection, job_id, quietly=quietly, sealed=sealed)
        )

    async def sealed_key(self, job_id: str) -> bytes | None:
        """The sealed key that a job was lent, while it has one."""

        def look(connection: Connection) -> bytes | None:
            sealed: bytes | None = connection.execute(KEY, {"job": job_id}).scalar()
            return sealed

        return await self._database.read(look)

    async def list_unstored(self, since: float, payers: Iterable[Payer]) -> list[Job]:
        """Jobs of these payers with a picture that is made but could not be kept, submitted since then."""
        query = (
            select(jobs)
            .join(calls, calls.c.job_id == jobs.c.id)
            .where(calls.c.state == "unstored", calls.c.submitted_at >= since, jobs.c.payer.in_(list(payers)))
            .distinct()
        )
        return await self._database.read(lambda connection: load(connection, query))

    async def add_file(self, file: StoredFile) -> None:
        """Record a file that belongs to no call: a picture to edit."""

        def change(connection: Connection) -> None:
            connection.execute(ADD_FILE, columns(files, file))

        await self._database.write(change)

    async def delete_unnamed_file(self, file_id: str) -> None:
        """Take back the record of a file that no job has named."""
        unnamed = delete(files).where(files.c.id == file_id, files.c.job_id.is_(None))

        def change(connection: Connection) -> None:
            connection.execute(unnamed)

        await self._database.write(change)

    async def get_file(self, file_id: str) -> StoredFile | None:
        """A stored file."""

        def look(connection: Connection) -> StoredFile | None:
            row = connection.execute(FILE, {"file": file_id}).one_or_none()
            return StoredFile(**row._mapping) if row else None

        return await self._database.read(look)

    async def file_names(self) -> set[str]:
        """The names of all files that the database knows: what lies beside them is an orphan."""

        def look(connection: Connection) -> set[str]:
            return set(connection.execute(select(files.c.name)).scalars())

        return await self._database.read(look)
