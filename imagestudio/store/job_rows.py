"""Between rows and records of jobs, their calls and files.

The statements of every job are built once, here: building one takes longer than running it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select, update

from imagestudio.core.job import CallRecord, CallState, Delivery, Job, StoredFile
from imagestudio.store.tables import calls, files, jobs, webhooks

JOB = select(jobs).where(jobs.c.id == bindparam("job"))
CALLS = select(calls).where(calls.c.job_id == bindparam("job")).order_by(calls.c.position)
FILES = select(files).where(files.c.job_id == bindparam("job")).order_by(files.c.call, files.c.position)

CHANGE_CALL = update(calls).where(
    calls.c.job_id == bindparam("job"),
    calls.c.position == bindparam("at"),
    calls.c.state.in_(bindparam("allowed", expanding=True)),
)
CHANGE_HELD_CALL = CHANGE_CALL.where(
    select(jobs.c.id).where(jobs.c.id == bindparam("job"), jobs.c.lease == bindparam("held")).exists()
)
"""Where a lease still holds the call's job."""


def columns(table: Table, record: Job | CallRecord | StoredFile) -> dict[str, Any]:
    """A record's fields that the table has columns for."""
    names = {field.name for field in fields(record)}
    return {column.name: getattr(record, column.name) for column in table.columns if column.name in names}


def load_job(connection: Connection, job_id: str) -> Job | None:
    """A job with its calls and files."""
    parameters = {"job": job_id}
    row = connection.execute(JOB, parameters).one_or_none()
    if row is None:
        return None
    return Job(
        **row._mapping,
        calls=tuple(CallRecord(**call._mapping) for call in connection.execute(CALLS, parameters)),
        files=tuple(StoredFile(**file._mapping) for file in connection.execute(FILES, parameters)),
        delivery=_deliveries(connection, [job_id]).get(job_id) if row.webhook_url is not None else None,
    )


def load_jobs(connection: Connection, query: Select[Any]) -> list[Job]:
    """The jobs that a query on the jobs table finds, with their calls and files, in its order."""
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    if not ids:
        return []
    call_rows = connection.execute(
        select(calls).where(calls.c.job_id.in_(ids)).order_by(calls.c.job_id, calls.c.position)
    )
    file_rows = connection.execute(
        select(files).where(files.c.job_id.in_(ids)).order_by(files.c.call, files.c.position)
    )
    calls_of: dict[str, list[CallRecord]] = {job_id: [] for job_id in ids}
    files_of: dict[str, list[StoredFile]] = {job_id: [] for job_id in ids}
    for row in call_rows:
        calls_of[row.job_id].append(CallRecord(**row._mapping))
    for row in file_rows:
        files_of[row.job_id].append(StoredFile(**row._mapping))
    deliveries = _deliveries(connection, [row.id for row in rows if row.webhook_url is not None])
    return [
        Job(
            **row._mapping,
            calls=tuple(calls_of[row.id]),
            files=tuple(files_of[row.id]),
            delivery=deliveries.get(row.id),
        )
        for row in rows
    ]


def change_call(
    connection: Connection,
    job_id: str,
    position: int,
    allowed: Iterable[CallState],
    lease: int | None,
    values: Mapping[str, Any],
) -> bool:
    """Change the call at that position of a job where it is in one of the allowed states, and `lease` still
    holds the job; None for changes that need no lease."""
    parameters = {"job": job_id, "at": position, "allowed": list(allowed)}
    if lease is None:
        return connection.execute(CHANGE_CALL, {**parameters, **values}).rowcount == 1
    return connection.execute(CHANGE_HELD_CALL, {**parameters, "held": lease, **values}).rowcount == 1


def _deliveries(connection: Connection, job_ids: list[str]) -> dict[str, Delivery]:
    """The latest of each job."""
    if not job_ids:
        return {}
    table = webhooks.c
    query = select(table.job_id, table.attempts, table.due_at, table.delivered_at, table.last_error)
    query = query.where(table.job_id.in_(job_ids)).order_by(table.created_at, table.id)
    return {job_id: Delivery(*rest) for job_id, *rest in connection.execute(query)}
