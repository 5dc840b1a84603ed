"""Rows that nobody needs any more: old messages that a later one followed, and old idempotency keys."""

from sqlalchemy import Connection, delete, exists, select

from imagestudio.core.job import ENDED
from imagestudio.store.database import Database
from imagestudio.store.tables import idempotency_keys, jobs, webhooks

DAY_S = 24 * 3600.0
MESSAGES_S, KEYS_S = 30 * DAY_S, 7 * DAY_S
"""How long a message that a later one of its job followed is kept (the latest stays: it is what the job
tells), and an idempotency key whose job has ended: clients repeat a request within minutes."""


class Leftovers:
    """What the sweep takes out of the database. Jobs, calls and pictures are the ledger: they stay."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prune(self, at: float) -> None:
        """Delete them."""
        ended = select(jobs.c.id).where(jobs.c.status.in_(ENDED))
        later = webhooks.alias()
        followed = exists().where(
            later.c.job_id == webhooks.c.job_id, later.c.created_at > webhooks.c.created_at
        )
        old = (webhooks.c.created_at < at - MESSAGES_S) & webhooks.c.due_at.is_(None)
        messages = delete(webhooks).where(old, followed)
        keys = delete(idempotency_keys).where(
            idempotency_keys.c.created_at < at - KEYS_S, idempotency_keys.c.job_id.in_(ended)
        )

        def change(connection: Connection) -> None:
            connection.execute(messages)
            connection.execute(keys)

        await self._database.write(change)
