"""Jobs, calls and files in the database: every change of state is one transaction with its condition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, Table, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from imagestudio.errors import ProviderFailed
from imagestudio.jobs import ENDED, OPEN_CALLS, CallRecord, CallState, Job, JobStatus, StoredFile
from imagestudio.store.database import Database
from imagestudio.store.tables import calls, files, idempotency_keys, jobs


class KeyTaken(Exception):
    """An idempotency key already names a job."""


class JobStore:
    """The one place that writes jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, job: Job, key: tuple[str, str] | None = None) -> None:
        """Keep a new job with its calls and, in the same breath, its idempotency key and fingerprint.

        Raises `KeyTaken` where a job holds that key already; nothing is kept then.
        """
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(jobs).values(_columns(jobs, job)))
                await connection.execute(insert(calls), [_columns(calls, call) for call in job.calls])
                if key is not None:
                    row = {"owner": job.owner, "key": key[0], "fingerprint": key[1], "job_id": job.id}
                    await connection.execute(
                        insert(idempotency_keys).values(**row, created_at=job.created_at)
                    )
        except IntegrityError as error:
            raise KeyTaken from error

    async def by_key(self, owner: str, key: str) -> tuple[str, str] | None:
        """The fingerprint and the job that an idempotency key stands for."""
        table = idempotency_keys
        query = select(table.c.fingerprint, table.c.job_id).where(table.c.owner == owner, table.c.key == key)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return (row.fingerprint, row.job_id) if row else None

    async def get(self, job_id: str) -> Job | None:
        """A job with its calls and files."""
        async with self._database.read() as connection:
            found = await _load(connection, select(jobs).where(jobs.c.id == job_id))
        return found[0] if found else None

    async def page(self, owner: str, limit: int, before: str | None = None) -> list[Job]:
        """An owner's jobs, newest first, older than the job `before`."""
        query = select(jobs).where(jobs.c.owner == owner)
        if before is not None:
            query = query.where(jobs.c.id < before)
        async with self._database.read() as connection:
            return await _load(connection, query.order_by(jobs.c.id.desc()).limit(limit))

    async def unfinished(self) -> list[Job]:
        """Jobs without an ending, and ended ones whose calls may still bring a picture; oldest first."""
        open_call = exists().where(calls.c.job_id == jobs.c.id, calls.c.state.in_(OPEN_CALLS))
        query = select(jobs).where(or_(jobs.c.status.not_in(ENDED), open_call)).order_by(jobs.c.id)
        async with self._database.read() as connection:
            return await _load(connection, query)

    async def start(self, job_id: str, at: float) -> bool:
        """queued → running; false where the job is not queued."""
        return await self._change_job(job_id, ["queued"], status="running", started_at=at)

    async def finish(self, job_id: str, status: JobStatus, **values: Any) -> bool:
        """Give a job its ending; false where it has one."""
        return await self._change_job(job_id, ["queued", "running"], status=status, **values)

    async def warn(self, job_id: str, warnings: Sequence[str]) -> None:
        """Replace a job's warnings."""
        async with self._database.write() as connection:
            await connection.execute(update(jobs).where(jobs.c.id == job_id).values(warnings=list(warnings)))

    async def _change_job(self, job_id: str, allowed: Sequence[JobStatus], **values: Any) -> bool:
        change = update(jobs).where(jobs.c.id == job_id, jobs.c.status.in_(allowed)).values(**values)
        async with self._database.write() as connection:
            return (await connection.execute(change)).rowcount == 1

    async def change_call(self, call: CallRecord, allowed: Iterable[CallState], **values: Any) -> bool:
        """Change a call that is in one of the allowed states; false where it is in none."""
        async with self._database.write() as connection:
            return await _change_call(connection, call, allowed, values)

    async def keep_result(self, call: CallRecord, pictures: Sequence[StoredFile], **values: Any) -> None:
        """Record a call's pictures and its ending together. Their bytes are on disk already."""
        async with self._database.write() as connection:
            if await _change_call(connection, call, ("submitting", "accepted"), values) and pictures:
                await connection.execute(insert(files), [_columns(files, picture) for picture in pictures])

    async def lost_submits(self, at: float) -> int:
        """At start: calls whose submit was under way when the process died may have been accepted."""
        error = ProviderFailed(
            "The studio stopped while this was being submitted. It may have been accepted and charged, "
            "so it is not sent again by itself.",
            charged="unknown",
        )
        change = (
            update(calls)
            .where(calls.c.state == "submitting")
            .values(state="uncertain", charged="unknown", error=error.as_dict(), finished_at=at)
        )
        async with self._database.write() as connection:
            return (await connection.execute(change)).rowcount

    async def add_file(self, file: StoredFile) -> None:
        """Record a file that belongs to no call: a picture to edit."""
        async with self._database.write() as connection:
            await connection.execute(insert(files).values(_columns(files, file)))

    async def file(self, file_id: str) -> StoredFile | None:
        """A stored file."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(files).where(files.c.id == file_id))).one_or_none()
        return StoredFile(**row._mapping) if row else None


async def _change_call(
    connection: AsyncConnection, call: CallRecord, allowed: Iterable[CallState], values: Mapping[str, Any]
) -> bool:
    here = (calls.c.job_id == call.job_id, calls.c.position == call.position)
    change = update(calls).where(*here, calls.c.state.in_(list(allowed))).values(**values)
    return (await connection.execute(change)).rowcount == 1


async def _load(connection: AsyncConnection, query: Any) -> list[Job]:
    rows = (await connection.execute(query)).all()
    ids = [row.id for row in rows]
    call_rows = await connection.execute(
        select(calls).where(calls.c.job_id.in_(ids)).order_by(calls.c.job_id, calls.c.position)
    )
    file_rows = await connection.execute(
        select(files).where(files.c.job_id.in_(ids)).order_by(files.c.call, files.c.position)
    )
    calls_of: dict[str, list[CallRecord]] = {job_id: [] for job_id in ids}
    files_of: dict[str, list[StoredFile]] = {job_id: [] for job_id in ids}
    for row in call_rows:
        calls_of[row.job_id].append(CallRecord(**_plain(row)))
    for row in file_rows:
        files_of[row.job_id].append(StoredFile(**row._mapping))
    return [Job(**_plain(row), calls=tuple(calls_of[row.id]), files=tuple(files_of[row.id])) for row in rows]


def _plain(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)
    return values | {"warnings": tuple(values["warnings"])}


def _columns(table: Table, record: Job | CallRecord | StoredFile) -> dict[str, Any]:
    known = {field.name for field in fields(record)}
    return {column.name: getattr(record, column.name) for column in table.columns if column.name in known}
