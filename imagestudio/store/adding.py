"""How a new job is kept: with its calls, its key and its share of every limit, or not at all."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert

from imagestudio.core.job import Job
from imagestudio.core.visitor import Caps
from imagestudio.store.budget import Budget
from imagestudio.store.cjk_search import separate_signs
from imagestudio.store.concurrency import ConcurrencyLimit
from imagestudio.store.job_rows import columns
from imagestudio.store.statements import ADD_CALL, ADD_JOB, ADD_KEY, ADD_WORDS
from imagestudio.store.tables import calls, idempotency_keys, jobs


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """An idempotency key, and the fingerprint of the request that it came with."""

    value: str
    fingerprint: str


def add(
    connection: Connection,
    job: Job,
    key: IdempotencyKey | None,
    budget: Budget | None,
    concurrency: ConcurrencyLimit | None,
    caps: Caps,
    sealed: bytes | None,
) -> None:
    """See `JobStore.add`."""
    if concurrency is not None:
        concurrency.check(connection, job.owner, caps)
    if budget is not None:
        budget.check(connection, job, caps)
    connection.execute(ADD_JOB, columns(jobs, job))
    if (words := separate_signs(job.prompt)) != job.prompt:
        connection.execute(ADD_WORDS, {"job_id": job.id, "text": words})
    connection.execute(ADD_CALL, [columns(calls, call) for call in job.calls])
    if sealed is not None:
        connection.execute(ADD_KEY, {"job_id": job.id, "sealed": sealed})
    if key is not None:
        row = {"owner": job.owner, "key": key.value, "fingerprint": key.fingerprint}
        connection.execute(insert(idempotency_keys).values(**row, job_id=job.id, created_at=job.created_at))
