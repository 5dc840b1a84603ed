"""Keeps the disk within its limits, and the database without what nobody needs any more."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import Connection, delete, exists, select

from imagestudio.core.data_dir import free_bytes
from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.job import ENDED, StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.units import DAY_S
from imagestudio.core.visitor import Visitor
from imagestudio.store.database import Database
from imagestudio.store.erasure import Erasure
from imagestudio.store.expiry import Expiry
from imagestudio.store.files import Files
from imagestudio.store.tables import idempotency_keys, jobs, webhooks
from imagestudio.store.thumbnails import Thumbnails

SPARE = 0.05
"""Part of a quota that is freed beyond what it asks for, so that not every picture needs a round."""
MESSAGES_S, KEYS_S = 30 * DAY_S, 7 * DAY_S
"""How long a message that a later one of its job followed is kept (the latest stays: it is what the job
tells), and an idempotency key whose job has ended: clients repeat a request within minutes."""
GUESTS_S = 3600.0
"""How often all of the guests' jobs are looked through for what may be forgotten."""
KNOWN_S = 2.0
"""Seconds that a sum of all pictures' sizes counts. What comes meanwhile may pass a quota by its size."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """What may be kept; None where there is no limit."""

    total_bytes: float | None = None
    guest_bytes: float | None = None
    """Of each visitor whom the host did not choose."""
    keep_s: float | None = None
    """Seconds that a picture is kept."""
    free_bytes: float = 0
    """Of the disk, to be left before a run is sent."""


class Retention:
    """Deletes what is old, or over a quota: the oldest first, never a favourite, never what a running job
    needs. A person's own deletions become final after a day, and a guest's job goes with its pictures."""

    def __init__(
        self,
        *,
        expiry: Expiry,
        erasure: Erasure,
        database: Database,
        files: Files,
        thumbnails: Thumbnails,
        quotas: Quotas,
        clock: Callable[[], float],
    ) -> None:
        self._expiry = expiry
        self._erasure = erasure
        self._database = database
        self._files = files
        self._thumbnails = thumbnails
        self._quotas = quotas
        self._clock = clock
        self._turn = asyncio.Lock()
        self._sizes: dict[str, int] = {}
        self._measured_at: float | None = None
        self._looked_at: float | None = None
        self._marked: list[StoredFile] = []
        """Marked as gone. Their bytes stay until the next time: somebody may be about to read them."""

    async def run(self) -> None:
        """Do everything that is due now."""
        async with self._turn:
            due, self._marked = self._marked, []
            await self._delete(file.name for file in due)
            now = self._clock()
            await prune(self._database, now)
            self._marked += await self._erasure.erase_deleted(now)
            await self._mark_all(lambda: self._expiry.mark_deleted(now))
            await self._mark_all(lambda: self._expiry.mark_unclaimed(now))
            before = None if self._quotas.keep_s is None else now - self._quotas.keep_s
            if before is not None:
                await self._mark_all(lambda: self._expiry.mark_expired(before, now))
            await self._make_room(now)
            if self._looked_at is None or not 0 <= now - self._looked_at < GUESTS_S:
                self._marked += await self._erasure.erase_of_guests(before, now)
                self._looked_at = now

    async def delete_marked(self) -> None:
        """Remove the bytes that an earlier process had marked as gone, and left."""
        await self._delete(await self._expiry.gone_names(await self._files.names()))

    async def admit(self, visitor: Visitor) -> None:
        """Make room for one more run's pictures. Raises `ModelUnavailable` where favourites, or the pictures
        of running jobs, take all of it, or the disk is nearly full: a run would cost money and its pictures
        could not be kept."""
        if await asyncio.to_thread(free_bytes, self._files.root) < self._quotas.free_bytes:
            raise ModelUnavailable(Message("storage.low"), reason="storage_full", charged="no")
        if not self._is_limited(visitor.owner) or not self._is_over(
            visitor.owner, await self._bytes_by_owner()
        ):
            return
        async with self._turn:
            await self._make_room(self._clock())
            if self._is_over(visitor.owner, await self._bytes_by_owner(afresh=True)):
                raise ModelUnavailable(
                    Message("storage.full"),
                    reason="storage_full",
                    charged="no",
                )

    def _is_limited(self, owner: str) -> bool:
        guest = owner in self._expiry.guests and self._quotas.guest_bytes is not None
        return guest or self._quotas.total_bytes is not None

    def _is_over(self, owner: str, sizes: dict[str, int]) -> bool:
        total, guest = self._quotas.total_bytes, self._quotas.guest_bytes
        if total is not None and sum(sizes.values()) > total:
            return True
        return guest is not None and owner in self._expiry.guests and sizes.get(owner, 0) > guest

    async def _bytes_by_owner(self, *, afresh: bool = False) -> dict[str, int]:
        now = self._clock()
        if afresh or self._measured_at is None or not 0 <= now - self._measured_at < KNOWN_S:
            self._sizes, self._measured_at = await self._expiry.bytes_by_owner(), now
        return self._sizes

    async def _make_room(self, now: float) -> None:
        guest, total = self._quotas.guest_bytes, self._quotas.total_bytes
        sizes = await self._bytes_by_owner(afresh=True) if guest is not None or total is not None else {}
        for owner, size in sizes.items():
            if guest is not None and owner in self._expiry.guests and size > guest:
                await self._mark_to_free(size - guest + guest * SPARE, now, owner)
        if total is not None and (size := sum((await self._bytes_by_owner(afresh=True)).values())) > total:
            await self._mark_to_free(size - total + total * SPARE, now, None)
        self._measured_at = None

    async def _mark_to_free(self, size: float, now: float, owner: str | None) -> None:
        while size > 0 and (files := await self._expiry.mark_to_free(round(size), now, owner)):
            self._marked += files
            size -= sum(file.bytes for file in files)

    async def _mark_all(self, mark: Callable[[], Awaitable[list[StoredFile]]]) -> None:
        while files := await mark():
            self._marked += files

    async def _delete(self, names: Iterable[str]) -> None:
        for name in names:
            await self._thumbnails.delete(PurePosixPath(name).stem)
            await self._files.remove(name)


async def prune(database: Database, at: float) -> None:
    """Delete old webhook messages that a later one followed, and old idempotency keys of ended jobs. Jobs,
    calls and pictures are the ledger: their rows stay."""
    ended = select(jobs.c.id).where(jobs.c.status.in_(ENDED))
    later = webhooks.alias()
    followed = exists().where(later.c.job_id == webhooks.c.job_id, later.c.created_at > webhooks.c.created_at)
    old = (webhooks.c.created_at < at - MESSAGES_S) & webhooks.c.due_at.is_(None)
    messages = delete(webhooks).where(old, followed)
    keys = delete(idempotency_keys).where(
        idempotency_keys.c.created_at < at - KEYS_S, idempotency_keys.c.job_id.in_(ended)
    )

    def change(connection: Connection) -> None:
        connection.execute(messages)
        connection.execute(keys)

    await database.write(change)
