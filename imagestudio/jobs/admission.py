"""Whether one more job is let in, as far as that can be told before its picture is brought here."""

from dataclasses import dataclass

from imagestudio.core.request import Task
from imagestudio.core.visitor import Visitor
from imagestudio.store.concurrency import ConcurrencyLimit
from imagestudio.store.database import Database
from imagestudio.store.retention import Retention


@dataclass(frozen=True, slots=True)
class Admission:
    """Looks ahead. What counts is the transaction that adds the job: see `JobStore.add`."""

    database: Database
    concurrency: ConcurrencyLimit
    retention: Retention

    async def expect(self, visitor: Visitor, task: Task) -> None:
        """Refuse what would be refused anyway. Raises `RateLimited` or `ModelUnavailable`."""
        await self.retention.admit(visitor)
        if task == "edit":  # a picture of megabytes would be brought here and kept for nothing
            await self.concurrency.check_now(self.database, visitor.owner, visitor.caps)
