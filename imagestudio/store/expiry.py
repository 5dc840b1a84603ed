"""Which pictures lie on the disk, which of them may go, and which are marked as gone.

A record is never removed: what a job brought and cost stays in the ledger. A picture that goes is marked
first and its bytes are removed then, so that none is named that is not there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select, update

from imagestudio.core.job import RESTORABLE_S, Gone, StoredFile
from imagestudio.core.units import DAY_S
from imagestudio.store.database import Database
from imagestudio.store.leases import UNFINISHED
from imagestudio.store.tables import files, jobs

ON_DISK = or_(files.c.gone.is_(None), files.c.gone == "binned")
UNCLAIMED = and_(files.c.kind == "input", ~exists().where(jobs.c.input_file == files.c.id))
"""Pictures to edit whose job never came, or has not come yet."""
IN_USE = or_(
    exists().where(jobs.c.id == files.c.job_id, UNFINISHED),
    exists().where(jobs.c.input_file == files.c.id, UNFINISHED),
)
AGEING = and_(files.c.gone.is_(None), ~files.c.favourite, ~IN_USE, ~UNCLAIMED)
BINNED = and_(files.c.gone == "binned", ~IN_USE)
MOST = 500
"""Pictures that are marked in one transaction: other writers wait meanwhile."""
UNCLAIMED_S = DAY_S
"""How long a picture to edit waits for its job."""


@dataclass(frozen=True, slots=True)
class Guests:
    """Owners whom the host did not choose: by session, or by a Hugging Face account that is on no list."""

    accounts: frozenset[str] = frozenset()
    """Owners of accounts that are on the list, in small letters."""

    def __contains__(self, owner: str) -> bool:
        return owner.lower() not in self.accounts and owner.startswith(("session:", "huggingface:"))

    def among(self, owner: ColumnElement[str]) -> ColumnElement[bool]:
        """The same in SQL, of a column that names owners."""
        named = or_(owner.startswith("session:"), owner.startswith("huggingface:"))
        return and_(named, func.lower(owner).not_in(self.accounts))


class Expiry:
    """The pictures of all owners."""

    def __init__(self, database: Database, guests: Guests) -> None:
        self._database = database
        self.guests = guests

    async def bytes_by_owner(self) -> dict[str, int]:
        """Bytes on the disk, by owner."""
        query = select(files.c.owner, func.sum(files.c.bytes)).where(ON_DISK).group_by(files.c.owner)

        def fetch(connection: Connection) -> dict[str, int]:
            return {owner: int(size) for owner, size in connection.execute(query)}

        return await self._database.read(fetch)

    async def mark_unclaimed(self, at: float) -> list[StoredFile]:
        """Mark pictures to edit that no job came for within a day."""
        condition = and_(files.c.gone.is_(None), UNCLAIMED, files.c.created_at < at - UNCLAIMED_S)
        return await self._mark("unclaimed", _oldest(condition), at)

    async def mark_expired(self, moment: float, at: float) -> list[StoredFile]:
        """Mark pictures from before a moment, unless they are favourites or a running job's."""
        return await self._mark("age", _oldest(and_(AGEING, files.c.created_at < moment)), at)

    async def mark_deleted(self, at: float) -> list[StoredFile]:
        """Mark what its owner deleted more than a day ago."""
        return await self._mark("owner", _oldest(and_(BINNED, files.c.gone_at < at - RESTORABLE_S)), None)

    async def mark_to_free(self, size: int, at: float, owner: str | None = None) -> list[StoredFile]:
        """Mark pictures that have `size` bytes together, of one owner or of all: those that their owners
        deleted, then guests', the oldest first. Favourites and a running job's stay, so it may be less."""
        may_go = or_(AGEING, BINNED)
        condition = may_go if owner is None else and_(may_go, files.c.owner == owner)
        order = case((files.c.gone == "binned", 0), (self.guests.among(files.c.owner), 1), else_=2)
        query = _oldest(condition).order_by(None).order_by(order, files.c.created_at, files.c.id)
        return await self._mark("room", query, at, size)

    async def gone_names(self, names: Collection[str]) -> set[str]:
        """Which of these names belong to pictures that are marked as gone: a process killed between the two
        has left their bytes."""
        query = select(files.c.name).where(~ON_DISK)

        def fetch(connection: Connection) -> set[str]:
            return set(connection.execute(query).scalars()) & set(names)

        return await self._database.read(fetch)

    async def _mark(
        self, reason: Gone, query: Select[tuple[StoredFile]], at: float | None, size: int | None = None
    ) -> list[StoredFile]:
        """Mark what a query finds. `at` None leaves the moment that is noted."""

        def change(connection: Connection) -> list[StoredFile]:
            candidates = [StoredFile(**row._mapping) for row in connection.execute(query)]
            expiring = candidates if size is None else list(_enough(candidates, size))
            if not expiring:
                return []
            moment = {} if at is None else {"gone_at": at}
            state = case((files.c.gone == "binned", "owner"), else_=reason)
            condition = files.c.id.in_([file.id for file in expiring])
            connection.execute(update(files).where(condition).values(gone=state, **moment))
            return expiring

        return await self._database.write(change)


def _oldest(condition: ColumnElement[bool]) -> Select[tuple[StoredFile]]:
    return select(files).where(condition).order_by(files.c.created_at, files.c.id).limit(MOST)


def _enough(candidates: Iterable[StoredFile], size: int) -> Iterable[StoredFile]:
    for file in candidates:
        if size <= 0:
            return
        size -= file.bytes
        yield file
