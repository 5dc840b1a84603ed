"""How many jobs may be unfinished at once: of one owner, and of all together."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, func, select

from imagestudio.core.errors import ModelUnavailable, RateLimited
from imagestudio.core.job import UNENDED
from imagestudio.core.messages import Message
from imagestudio.core.visitor import Caps
from imagestudio.store.database import Database
from imagestudio.store.tables import jobs

COUNT_UNENDED = select(
    func.count(), func.coalesce(func.sum(case((jobs.c.owner == bindparam("owner"), 1), else_=0)), 0)
).where(jobs.c.status.in_(UNENDED))
ONE_ENDS_S, QUEUE_MOVES_S = 5, 15
"""Seconds after which it is worth another try: a run takes about ten."""


@dataclass(frozen=True, slots=True)
class ConcurrencyLimit:
    """The limits; None where there is none."""

    jobs_at_once: int | None
    """Of an owner who has no limit of their own."""
    queue_jobs: int | None
    """Of all owners."""

    def check(self, connection: Connection, owner: str, caps: Caps) -> None:
        """Refuse one more job where there is no room. Inside the transaction that adds it, so that however
        many come at once, no two take the same place. Raises `RateLimited` or `ModelUnavailable`."""
        of_all, of_owner = connection.execute(COUNT_UNENDED, {"owner": owner}).one()
        limit = self.jobs_at_once if caps.jobs_at_once is None else caps.jobs_at_once
        if limit is not None and of_owner >= limit:
            raise RateLimited(
                Message("jobs.too_many", under_way=of_owner, most=limit),
                retry_after=ONE_ENDS_S,
                charged="no",
                allowed={"jobsAtOnce": limit},
            )
        if self.queue_jobs is not None and of_all >= self.queue_jobs:
            raise ModelUnavailable(
                Message("jobs.queue_full"),
                reason="busy",
                retryAfter=QUEUE_MOVES_S,
                charged="no",
            )

    async def check_now(self, database: Database, owner: str, caps: Caps) -> None:
        """The same before there is a job. What comes meanwhile is counted when it is added."""
        await database.read(lambda connection: self.check(connection, owner, caps))
