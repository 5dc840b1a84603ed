"""How many jobs may be unfinished at once: of one owner, of a network of guests, and of all together."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, select

from imagestudio.core.errors import ModelUnavailable, RateLimited
from imagestudio.core.job import UNENDED
from imagestudio.core.messages import Message
from imagestudio.core.turns import NEIGHBOURHOOD, Asker
from imagestudio.core.visitor import Caps
from imagestudio.store.database import Database
from imagestudio.store.tables import jobs


def _count(of: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((of, 1), else_=0)), 0)


COUNT_UNENDED = select(
    func.count(),
    _count(jobs.c.owner == bindparam("owner")),
    _count(jobs.c.network == bindparam("network")),
    _count(func.substr(jobs.c.network, 1, NEIGHBOURHOOD) == bindparam("party")),
).where(jobs.c.status.in_(UNENDED))
NETWORK = 5
"""Visitors' worth of jobs that guests of one network may have under way: as of requests."""
ONE_ENDS_S, QUEUE_MOVES_S = 5, 15
"""Seconds after which it is worth another try: a run takes about ten."""


@dataclass(frozen=True, slots=True)
class ConcurrencyLimit:
    """The limits; None where there is none."""

    jobs_at_once: int | None
    """Of an owner who has no limit of their own."""
    queue_jobs: int | None
    """Of all owners; guests of one neighbourhood have a quarter of it."""

    def check(self, connection: Connection, asker: Asker, caps: Caps) -> None:
        """Refuse one more job where there is no room. Inside the transaction that adds it, so that however
        many come at once, no two take the same place. Raises `RateLimited` or `ModelUnavailable`."""
        who = {"owner": asker.owner, "network": asker.network, "party": asker.party}
        of_all, of_owner, of_network, of_party = connection.execute(COUNT_UNENDED, who).one()
        limit = self.jobs_at_once if caps.jobs_at_once is None else caps.jobs_at_once
        if limit is not None and of_owner >= limit:
            raise _too_many("jobs.too_many", of_owner, limit)
        if asker.network and limit is not None and of_network >= limit * NETWORK:
            raise _too_many("jobs.too_many_of_network", of_network, limit * NETWORK)
        queue = self.queue_jobs
        if queue is not None and (of_all >= queue or (asker.network and of_party >= max(1, queue // 4))):
            raise ModelUnavailable(
                Message("jobs.queue_full"),
                reason="busy",
                retryAfter=QUEUE_MOVES_S,
                charged="no",
            )

    async def check_now(self, database: Database, asker: Asker, caps: Caps) -> None:
        """The same before there is a job. What comes meanwhile is counted when it is added."""
        await database.read(lambda connection: self.check(connection, asker, caps))


def _too_many(sentence: str, under_way: int, most: int) -> RateLimited:
    return RateLimited(
        Message(sentence, under_way=under_way, most=most),
        retry_after=ONE_ENDS_S,
        charged="no",
        allowed={"jobsAtOnce": most},
    )
