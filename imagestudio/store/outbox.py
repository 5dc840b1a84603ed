"""The outbox of webhooks: a message is put in by the transaction that ends its job, and stays until it is
delivered or given up."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Update, case, func, insert, select, update

from imagestudio.core.ids import new_id
from imagestudio.core.messages import Message
from imagestudio.core.turns import NEIGHBOURHOOD
from imagestudio.store.database import Database
from imagestudio.store.tables import jobs, webhooks

PARTY = case((jobs.c.network == "", jobs.c.owner), else_=func.substr(jobs.c.network, 1, NEIGHBOURHOOD))


@dataclass(frozen=True, slots=True)
class PendingDelivery:
    """A claimed message: `attempts` counts the one that the claim is for."""

    id: str
    job_id: str
    url: str
    attempts: int
    party: str
    """Whose turn it is: see `Asker.party`."""


def enqueue(connection: Connection, job_id: str, url: str, at: float) -> str:
    """Put a message in, due at once, and give its id. It takes the place of the job's that still wait."""
    waiting = update(webhooks).where(webhooks.c.job_id == job_id, webhooks.c.due_at.is_not(None))
    connection.execute(waiting.values(due_at=None, last_error=str(Message("webhook.replaced"))))
    message_id = f"msg_{new_id()}"[:32]
    row = {"id": message_id, "job_id": job_id, "url": url, "attempts": 0, "due_at": at, "created_at": at}
    connection.execute(insert(webhooks).values(row))
    return message_id


class Outbox:
    """Messages by the moment they are due. A claim holds for as long as the claimer says, for it alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, job_id: str, url: str, at: float) -> str:
        """Put a message in outside of any ending, and give its id."""
        return await self._database.write(lambda connection: enqueue(connection, job_id, url, at))

    async def claim(
        self,
        now: float,
        until: float,
        busy: Collection[str] = (),
        *,
        served: Collection[str] = (),
        full: Collection[str] = (),
    ) -> PendingDelivery | None:
        """Take the message that is due longest, leaving `busy` addresses and `full` parties alone; None where
        there is none. Parties that are `served` already come after the others.

        It is due again at `until`, unless an outcome is recorded before.
        """
        due = (webhooks.c.due_at <= now) & webhooks.c.url.not_in(busy)
        in_turn = (PARTY.in_(served), webhooks.c.due_at, webhooks.c.id)
        query = (
            select(webhooks, PARTY.label("party"))
            .join(jobs, jobs.c.id == webhooks.c.job_id)
            .where(due, PARTY.not_in(full))
            .order_by(*in_turn)
            .limit(1)
        )
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        # Whoever was faster has counted the attempt.
        condition = (webhooks.c.id == row.id) & (webhooks.c.attempts == row.attempts) & due
        claim = update(webhooks).where(condition).values(attempts=row.attempts + 1, due_at=until)
        if not await self._change(claim):
            return None
        return PendingDelivery(row.id, row.job_id, row.url, row.attempts + 1, row.party)

    async def mark_delivered(self, message: PendingDelivery, at: float) -> None:
        """It arrived: that is so, whoever holds it now."""
        change = update(webhooks).where(webhooks.c.id == message.id)
        await self._change(change.values(delivered_at=at, due_at=None, last_error=None))

    async def mark_failed(self, message: PendingDelivery, why: str, due_at: float | None) -> None:
        """It did not arrive; due again at `due_at`, or given up. Nothing changes where the claim is lost."""
        await self._change(update(webhooks).where(_held(message)).values(last_error=why, due_at=due_at))

    async def release(self, message: PendingDelivery, now: float) -> None:
        """Let a claimed message be due at once."""
        await self._change(update(webhooks).where(_held(message)).values(due_at=now))

    async def _change(self, statement: Update) -> bool:
        return await self._database.write(lambda connection: connection.execute(statement).rowcount == 1)


def _held(message: PendingDelivery) -> ColumnElement[bool]:
    return (
        (webhooks.c.id == message.id)
        & (webhooks.c.attempts == message.attempts)
        & webhooks.c.due_at.is_not(None)
    )
