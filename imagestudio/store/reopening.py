"""How an ended job is looked at again: its tickets are open, its key is there, its old lease is void."""

from sqlalchemy import Connection, update

from imagestudio.core.job import OPEN_CALLS
from imagestudio.store.job_rows import change_call, load_one
from imagestudio.store.statements import ADD_KEY, FORGET_KEY
from imagestudio.store.tables import jobs


def reopen(connection: Connection, job_id: str, *, quietly: bool, sealed: bytes | None) -> bool:
    """See `JobStore.reopen`."""
    job = load_one(connection, job_id)
    if job is None:
        return False
    mine = update(jobs).where(jobs.c.id == job_id)
    again = [call for call in job.calls if call.can_look_again]
    for call in again:
        values = {"state": "accepted", "finished_at": None}
        change_call(connection, call, [call.state], None, values)
    if not quietly and job.can_look_again:
        ended = mine.where(jobs.c.status.in_(["failed", "uncertain", "canceled"]))
        connection.execute(ended.values(status="running", finished_at=None, error=None))
        if sealed is not None and again:
            connection.execute(FORGET_KEY, {"job": job_id})
            connection.execute(ADD_KEY, {"job_id": job_id, "sealed": sealed})
    if again and not any(call.state in OPEN_CALLS for call in job.calls):
        # Whoever held it is done and about to let go: from here on that changes nothing any more.
        connection.execute(mine.values(worker=None, lease_until=None, lease=jobs.c.lease + 1))
    return bool(again)
