"""Sessions that were ended. Those that go on are nowhere: a cookie that is signed, and not ended, counts.

A subject is whose cookies are meant: `session:…`, one browser's; `key:…` or `huggingface:…`, all browsers' of
an API key's holder or an account; `*`, everybody's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from imagestudio.store.database import Database
from imagestudio.store.tables import ended_sessions, jobs

EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever made something here."""

    owner: str
    jobs: int
    last_at: float


class EndedSessions:
    """The one place that writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def end(self, subject: str, at: float) -> None:
        """Cookies of a subject that were given until now count no more."""
        row = insert(ended_sessions).values(subject=subject, at=at)
        change = row.on_conflict_do_update(index_elements=["subject"], set_={"at": at})

        def run(connection: Connection) -> None:
            connection.execute(change)

        await self._database.write(run)

    async def since(self, moment: float) -> dict[str, float]:
        """Subjects that were ended at this moment or later, each with when."""
        query = select(ended_sessions).where(ended_sessions.c.at >= moment)

        def fetch(connection: Connection) -> dict[str, float]:
            return {row.subject: row.at for row in connection.execute(query)}

        return await self._database.read(fetch)

    async def forget(self, before: float) -> None:
        """Forget what was ended before a moment: no cookie is so old."""

        def run(connection: Connection) -> None:
            connection.execute(delete(ended_sessions).where(ended_sessions.c.at < before))

        await self._database.write(run)

    async def latest_owners(self, limit: int) -> Sequence[Owner]:
        """Who asked for something last, the latest first."""
        last = func.max(jobs.c.created_at)
        query = select(jobs.c.owner, func.count(), last).group_by(jobs.c.owner).order_by(last.desc())

        def fetch(connection: Connection) -> list[Owner]:
            return [Owner(*row) for row in connection.execute(query.limit(limit))]

        return await self._database.read(fetch)
