"""A job's life in the database, from `add` to its ending and back: each change of state is one transaction
with its condition. `job_rows` has how rows become records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from imagestudio.core.job import (
    OPEN_CALLS,
    OWN,
    UNENDED,
    CallRecord,
    CallState,
    Delivery,
    Job,
    JobStatus,
    Payer,
    StoredFile,
)
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.core.visitor import Caps
from imagestudio.store.budget import Budget
from imagestudio.store.concurrency import ConcurrencyLimit
from imagestudio.store.database import Database
from imagestudio.store.job_rows import change_call, columns, load_job, load_jobs
from imagestudio.store.outbox import enqueue
from imagestudio.store.search_text import is_plain, search_text
from imagestudio.store.tables import calls, files, idempotency_keys, job_keys, jobs, prompt_words

ADD_JOB, ADD_CALL, ADD_FILE = insert(jobs), insert(calls), insert(files)
ADD_WORDS, ADD_IDEMPOTENCY_KEY = insert(prompt_words), insert(idempotency_keys)
ADD_KEY, KEY = insert(job_keys), select(job_keys.c.sealed).where(job_keys.c.job_id == bindparam("job"))
DELETE_KEY = delete(job_keys).where(job_keys.c.job_id == bindparam("job"))
GONE = select(jobs.c.gone, jobs.c.gone_at).where(jobs.c.id == bindparam("job"))
FILE = select(files).where(files.c.id == bindparam("file"))
START_JOB = update(jobs).where(jobs.c.id == bindparam("job"), jobs.c.status == "queued")
END_JOB = update(jobs).where(
    jobs.c.id == bindparam("job"), jobs.c.status.in_(bindparam("allowed", expanding=True))
)
END_HELD_JOB = END_JOB.where(jobs.c.lease == bindparam("held"))
RELEASE_JOB = (
    update(jobs)
    .where(jobs.c.id == bindparam("job"), jobs.c.lease == bindparam("held"))
    .values(worker=None, lease_until=None)
)
LOST_CALLS: tuple[CallState, ...] = ("failed", "unstored", "uncertain")
RELEASED: dict[str, Any] = {"worker": None, "lease_until": None}
"""Of a job that nobody holds."""


class KeyTaken(Exception):
    """An idempotency key already names a job."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """An idempotency key, and the fingerprint of the request that it came with."""

    value: str
    fingerprint: str
    former: str | None = None
    """The job that the key stands for no more; ANY_JOB, whichever it is."""


ANY_JOB = "*"


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which of an owner's jobs are meant; what is left out leaves none out. Times are of their beginning, in
    seconds since 1970; `until` is not in it any more."""

    status: JobStatus | None = None
    model: str | None = None
    task: Task | None = None
    since: float | None = None
    until: float | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As the table of jobs is asked."""
        asked = {"status": self.status, "model": self.model, "task": self.task}
        equal = [jobs.c[name] == value for name, value in asked.items() if value is not None]
        moment = jobs.c.created_at + 0  # as a sum no index has it: one by time would have to be sorted by id
        since = [] if self.since is None else [moment >= self.since]
        until = [] if self.until is None else [moment < self.until]
        return [*equal, *since, *until]


EVERY_JOB = JobFilter()


@dataclass(frozen=True, slots=True)
class SavedResult:
    """A call's result is recorded; with it its job has ended, or has not."""

    ended: Job | None


class JobStore:
    """The one place that writes jobs. A worker's changes name its lease; a lost one changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # A new job, and finding it

    async def add(
        self,
        job: Job,
        keys: Sequence[IdempotencyKey] = (),
        budget: Budget | None = None,
        concurrency: ConcurrencyLimit | None = None,
        *,
        caps: Caps | None = None,
        sealed: bytes | None = None,
    ) -> None:
        """Keep a new job with its calls and, in the same breath, its keys and its share of the budget, and
        the sealed key of the provider that whoever asks lends it.

        Raises `KeyTaken` where a job holds one of those keys already, `BudgetExceeded`, `RateLimited` or
        `ModelUnavailable` where the job would pass a limit; nothing is kept then.
        """

        def change(connection: Connection) -> None:
            if concurrency is not None:
                concurrency.check(connection, job.asker, caps or Caps())
            if budget is not None:
                budget.check(connection, job, caps or Caps())
            connection.execute(ADD_JOB, columns(jobs, job))
            if not is_plain(job.prompt, words := search_text(job.prompt)):
                connection.execute(ADD_WORDS, {"job_id": job.id, "text": words})
            connection.execute(ADD_CALL, [columns(calls, call) for call in job.calls])
            if sealed is not None:
                connection.execute(ADD_KEY, {"job_id": job.id, "sealed": sealed})
            for key in keys:
                _give_key(connection, key, job)

        try:
            await self._database.write(change)
        except IntegrityError as error:
            raise KeyTaken from error

    async def find_key(self, owner: str, key: str) -> tuple[str, str] | None:
        """The fingerprint and the job that an idempotency key stands for."""
        table = idempotency_keys
        query = select(table.c.fingerprint, table.c.job_id).where(table.c.owner == owner, table.c.key == key)

        def fetch(connection: Connection) -> tuple[str, str] | None:
            row = connection.execute(query).one_or_none()
            return (row.fingerprint, row.job_id) if row else None

        return await self._database.read(fetch)

    async def get(self, job_id: str) -> Job | None:
        """A job with its calls and files."""
        return await self._database.read(lambda connection: load_job(connection, job_id))

    async def page(
        self, owner: str, limit: int, before: str | None = None, filters: JobFilter = EVERY_JOB
    ) -> list[Job]:
        """An owner's jobs, newest first, older than the job `before`."""
        query = page_query(owner, limit, before, filters)
        return await self._database.read(lambda connection: load_jobs(connection, query))

    async def has_unfinished(self, owner: str) -> bool:
        """Whether a job of this owner has not ended."""
        query = select(exists().where(jobs.c.owner == owner, jobs.c.status.in_(UNENDED)))
        return await self._database.read(lambda connection: bool(connection.execute(query).scalar()))

    async def list_unstored(self, since: float, payers: Iterable[Payer]) -> list[Job]:
        """Jobs of these payers with a picture that is made but could not be kept, submitted since then."""
        query = (
            select(jobs)
            .join(calls, calls.c.job_id == jobs.c.id)
            .where(calls.c.state == "unstored", calls.c.submitted_at >= since, jobs.c.payer.in_(list(payers)))
            .where(jobs.c.gone.is_(None))
            .distinct()
        )
        return await self._database.read(lambda connection: load_jobs(connection, query))

    async def sealed_key(self, job_id: str) -> bytes | None:
        """The sealed key that a job was lent, while it has one."""

        def fetch(connection: Connection) -> bytes | None:
            sealed: bytes | None = connection.execute(KEY, {"job": job_id}).scalar()
            return sealed

        return await self._database.read(fetch)

    # Its calls

    async def begin_submit(self, job_id: str, position: int, lease: int, at: float) -> bool:
        """Write down that a call is about to leave: durable before it does. Its job runs from here on.

        False where the call was dropped meanwhile, or the lease is lost: then it must not leave.
        """
        values = {"state": "submitting", "submitted_at": at, "charged": "unknown"}

        def change(connection: Connection) -> bool:
            if not change_call(connection, job_id, position, ["planned"], lease, values):
                return False
            connection.execute(START_JOB, {"job": job_id, "status": "running", "started_at": at})
            return True

        return await self._database.write(change)

    async def change_call(
        self, call: CallRecord, allowed: Iterable[CallState], *, lease: int | None = None, **values: Any
    ) -> bool:
        """Change a call that is in an allowed state; false where it is in none, or the lease is lost."""
        return await self._database.record(
            lambda connection: change_call(connection, call.job_id, call.position, allowed, lease, values)
        )

    async def save_result(
        self, call: CallRecord, lease: int, pictures: Sequence[StoredFile], *, at: float, **values: Any
    ) -> SavedResult | None:
        """Record a call's pictures and its ending together, and the job's where this was its last open call.
        Their bytes are on disk already. None where the lease is lost."""

        def change(connection: Connection) -> SavedResult | None:
            ended = {**values, "finished_at": at}
            if not change_call(
                connection, call.job_id, call.position, ["submitting", "accepted"], lease, ended
            ):
                return None
            if pictures:
                # A canceled job may have been deleted before its picture came.
                gone = dict(connection.execute(GONE, {"job": call.job_id}).mappings().one())
                connection.execute(ADD_FILE, [columns(files, picture) | gone for picture in pictures])
            return SavedResult(conclude_job(connection, call.job_id, lease, at))

        return await self._database.record(change)

    async def adopt(self, call: CallRecord, pictures: Sequence[StoredFile], **ended: Any) -> bool:
        """Give a call that came to nothing here the pictures that its process had brought and could not
        record, and its job the ending that follows. False where it has come to something meanwhile."""

        def change(connection: Connection) -> bool:
            if not change_call(connection, call.job_id, call.position, LOST_CALLS, None, ended):
                return False
            gone = dict(connection.execute(GONE, {"job": call.job_id}).mappings().one())
            connection.execute(ADD_FILE, [columns(files, picture) | gone for picture in pictures])
            conclude_job(connection, call.job_id, None, ended["finished_at"])
            return True

        return await self._database.record(change)

    async def list_lost_calls(self) -> list[tuple[str, int]]:
        """Job and position of the calls that came to nothing, though they may have been paid for."""
        query = select(calls.c.job_id, calls.c.position).where(calls.c.state.in_(LOST_CALLS))

        def fetch(connection: Connection) -> list[tuple[str, int]]:
            return [(row.job_id, row.position) for row in connection.execute(query)]

        return await self._database.read(fetch)

    # Its ending, and looking at it again

    async def conclude(self, job_id: str, lease: int, at: float) -> Job | None:
        """Give a job the ending that its calls add up to, unless it has one at least as good, and let it go.
        The job as it then stands; None where a call is still open, which changes nothing."""
        return await self._database.record(lambda connection: conclude_job(connection, job_id, lease, at))

    async def finish(
        self,
        job: Job,
        status: JobStatus,
        *,
        lease: int | None = None,
        instead_of: Sequence[JobStatus] = UNENDED,
        **values: Any,
    ) -> bool:
        """Give a job its ending and, with it, put its webhook into the outbox and delete its key; false where
        it has an ending that is not to be replaced, or where the lease is lost."""
        return await self._database.write(
            lambda connection: _finish(connection, job, status, lease, instead_of, values)
        )

    async def set_warnings(self, job_id: str, warnings: Sequence[Message]) -> None:
        """Replace a job's warnings."""

        def change(connection: Connection) -> None:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(warnings=list(warnings)))

        await self._database.write(change)

    async def reopen(self, job_id: str, *, quietly: bool = False, sealed: bytes | None = None) -> bool:
        """Look again: calls that have a ticket are followed once more, and their job runs again, with the
        `sealed` key that it is lent. `quietly`, the job keeps its ending until there is a better one. False
        where somebody is looking already."""

        def change(connection: Connection) -> bool:
            job = load_job(connection, job_id)
            if job is None or job.gone is not None:
                return False
            row = update(jobs).where(jobs.c.id == job_id)
            again = [call for call in job.calls if call.can_look_again]
            for call in again:
                values = {"state": "accepted", "finished_at": None}
                change_call(connection, job_id, call.position, [call.state], None, values)
            if not quietly and job.can_look_again:
                ended = row.where(jobs.c.status.in_(["failed", "uncertain", "canceled"]))
                connection.execute(ended.values(status="running", finished_at=None, error=None))
                if sealed is not None and again:
                    connection.execute(DELETE_KEY, {"job": job_id})
                    connection.execute(ADD_KEY, {"job_id": job_id, "sealed": sealed})
            if again and not any(call.state in OPEN_CALLS for call in job.calls):
                # Whoever held it is done and about to let go: from here on that changes nothing any more.
                connection.execute(row.values(**RELEASED, lease=jobs.c.lease + 1))
            return bool(again)

        return await self._database.write(change)

    # Files

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

        def fetch(connection: Connection) -> StoredFile | None:
            row = connection.execute(FILE, {"file": file_id}).one_or_none()
            return StoredFile(**row._mapping) if row else None

        return await self._database.read(fetch)

    async def file_names(self) -> set[str]:
        """The names of all files that the database knows: what lies beside them is an orphan."""

        def fetch(connection: Connection) -> set[str]:
            return set(connection.execute(select(files.c.name)).scalars())

        return await self._database.read(fetch)


def page_query(
    owner: str, limit: int, before: str | None = None, filters: JobFilter = EVERY_JOB
) -> Select[Any]:
    """A page's query: see `JobStore.page`."""
    query = select(jobs).where(jobs.c.owner == owner, jobs.c.gone.is_(None), *filters.conditions())
    if before is not None:
        query = query.where(jobs.c.id < before)
    return query.order_by(jobs.c.id.desc()).limit(limit)


def _give_key(connection: Connection, key: IdempotencyKey, job: Job) -> None:
    table = idempotency_keys.c
    if key.former is not None:
        former = delete(idempotency_keys).where(table.owner == job.owner, table.key == key.value)
        connection.execute(former if key.former == ANY_JOB else former.where(table.job_id == key.former))
    row = {"owner": job.owner, "key": key.value, "fingerprint": key.fingerprint}
    connection.execute(ADD_IDEMPOTENCY_KEY, {**row, "job_id": job.id, "created_at": job.created_at})


def conclude_job(connection: Connection, job_id: str, lease: int | None, at: float) -> Job | None:
    """See `JobStore.conclude`. `lease` is None where nobody holds the job."""
    job = load_job(connection, job_id)
    if job is None or any(call.state in OPEN_CALLS for call in job.calls):
        return None
    status, error = job.outcome
    warnings = job.all_warnings
    instead_of = (*UNENDED, "failed", "uncertain") if status == "succeeded" else UNENDED
    values = {"error": error, "warnings": list(warnings), "finished_at": at, **RELEASED}
    if _finish(connection, job, status, lease, instead_of, values):
        due = Delivery(attempts=0, due_at=at, delivered_at=None, last_error=None)
        return replace(
            job,
            status=status,
            error=error,
            warnings=warnings,
            finished_at=at,
            delivery=due if job.webhook_url is not None else None,
            **RELEASED,
        )
    released = connection.execute(RELEASE_JOB, {"job": job_id, "held": lease}).rowcount == 1
    return replace(job, **RELEASED) if released else job


def _finish(
    connection: Connection,
    job: Job,
    status: JobStatus,
    lease: int | None,
    instead_of: Sequence[JobStatus],
    values: dict[str, Any],
) -> bool:
    parameters = {"job": job.id, "allowed": list(instead_of), "status": status, **values}
    if lease is None:
        result = connection.execute(END_JOB, parameters)
    else:
        result = connection.execute(END_HELD_JOB, {**parameters, "held": lease})
    if result.rowcount != 1:
        return False
    if job.payer in OWN:
        connection.execute(DELETE_KEY, {"job": job.id})
    if job.webhook_url is not None:
        enqueue(connection, job.id, job.webhook_url, values["finished_at"])
    return True
