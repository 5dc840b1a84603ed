"""Rows that nobody needs any more: old messages that arrived, and old idempotency keys."""

from sqlalchemy import Connection, delete, select

from imagestudio.jobs import ENDED
from imagestudio.store.database import Database
from imagestudio.store.tables import idempotency_keys, jobs, webhooks

DAY_S = 24 * 3600.0
MESSAGES_S, KEYS_S = 30 * DAY_S, 7 * DAY_S
"""How long a delivered message is kept, and an idempotency key whose job has ended: clients repeat a request
within minutes."""


class Leftovers:
    """What the sweep takes out of the database. Jobs, calls and pictures are the ledger: they stay."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prune(self, at: float) -> None:
        """Delete them."""
        ended = select(jobs.c.id).where(jobs.c.status.in_(ENDED))
        messages = delete(webhooks).where(webhooks.c.delivered_at < at - MESSAGES_S)
        keys = delete(idempotency_keys).where(
            idempotency_keys.c.created_at < at - KEYS_S, idempotency_keys.c.job_id.in_(ended)
        )

        def change(connection: Connection) -> None:
            connection.execute(messages)
            connection.execute(keys)

        await self._database.write(change)
