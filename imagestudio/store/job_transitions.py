"""How a job ends: its status and its webhook in one transaction, and with them its lease and the key that
somebody lent it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from imagestudio.core.job import OPEN_CALLS, OWN, Delivery, Job, JobStatus
from imagestudio.core.outcome import all_warnings, ending
from imagestudio.store.job_rows import load_one
from imagestudio.store.outbox import enqueue
from imagestudio.store.statements import END_HELD_JOB, END_JOB, FORGET_KEY, FREE_JOB

FREE: dict[str, Any] = {"worker": None, "lease_until": None}
"""Of a job that nobody holds."""
UNENDED: tuple[JobStatus, ...] = ("queued", "running")


def end(
    connection: Connection,
    job: Job,
    status: JobStatus,
    lease: int | None,
    instead_of: Sequence[JobStatus],
    values: dict[str, Any],
) -> bool:
    """Give a job its ending and, with it, put its webhook into the outbox and forget its key; false where it
    has one that is not to be replaced, or where the lease is lost."""
    which = {"job": job.id, "allowed": list(instead_of), "status": status, **values}
    statement = END_JOB if lease is None else END_HELD_JOB
    if connection.execute(statement, which if lease is None else {**which, "held": lease}).rowcount != 1:
        return False
    if job.payer in OWN:
        connection.execute(FORGET_KEY, {"job": job.id})
    if job.webhook_url is not None:
        enqueue(connection, job.id, job.webhook_url, values["finished_at"])
    return True


def conclude(connection: Connection, job_id: str, lease: int, at: float) -> Job | None:
    """Give a job the ending that its calls add up to, unless it has one at least as good, and let it go.

    The job as it then stands; None where a call is still open, which changes nothing.
    """
    job = load_one(connection, job_id)
    if job is None or any(call.state in OPEN_CALLS for call in job.calls):
        return None
    if ended := _ended(connection, job, lease, at):
        return ended
    free = connection.execute(FREE_JOB, {"job": job_id, "held": lease}).rowcount == 1
    return replace(job, **FREE) if free else job


def _ended(connection: Connection, job: Job, lease: int, at: float) -> Job | None:
    status, error = ending(job)
    warnings = all_warnings(job)
    instead_of = (*UNENDED, "failed") if status == "succeeded" else UNENDED
    values = {"error": error, "warnings": list(warnings), "finished_at": at, **FREE}
    if not end(connection, job, status, lease, instead_of, values):
        return None
    waiting = Delivery(attempts=0, due_at=at, delivered_at=None, last_error=None)
    return replace(
        job,
        status=status,
        error=error,
        warnings=warnings,
        finished_at=at,
        delivery=waiting if job.webhook_url is not None else None,
        **FREE,
    )
