"""Keeps the disk within its limits, and the database without what nobody needs any more."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.job import StoredFile
from imagestudio.core.visitor import Visitor
from imagestudio.store.expiry import Shelf
from imagestudio.store.files import Files
from imagestudio.store.prune import Leftovers
from imagestudio.store.thumbnails import Thumbnails

DAY_S = 24 * 3600.0
SPARE = 0.05
"""Part of a quota that is freed beyond what it asks for, so that not every picture needs a sweep."""
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


class Sweep:
    """Deletes what is old, or over a quota: the oldest first, never a favourite, never what a running job
    needs. A person's own deletions become final after a day."""

    def __init__(
        self,
        *,
        shelf: Shelf,
        leftovers: Leftovers,
        files: Files,
        thumbnails: Thumbnails,
        quotas: Quotas,
        clock: Callable[[], float],
    ) -> None:
        self._shelf = shelf
        self._leftovers = leftovers
        self._files = files
        self._thumbnails = thumbnails
        self._quotas = quotas
        self._clock = clock
        self._turn = asyncio.Lock()
        self._used: dict[str, int] = {}
        self._summed_at: float | None = None
        self._doomed: list[StoredFile] = []
        """Marked as gone. Their bytes stay until the next time: somebody may be about to read them."""

    async def run(self) -> None:
        """Everything that is due now."""
        async with self._turn:
            doomed, self._doomed = self._doomed, []
            await self._remove(file.name for file in doomed)
            now = self._clock()
            await self._leftovers.prune(now)
            await self._mark_all(lambda: self._shelf.emptied(now))
            await self._mark_all(lambda: self._shelf.unclaimed(now))
            if self._quotas.keep_s is not None:
                before = now - self._quotas.keep_s
                await self._mark_all(lambda: self._shelf.older_than(before, now))
            await self._make_room(now)

    async def finish(self) -> None:
        """Remove the bytes that an earlier process had marked as gone, and left."""
        await self._remove(await self._shelf.gone(await self._files.names()))

    async def admit(self, visitor: Visitor) -> None:
        """Make room for one more run's pictures. Raises `ModelUnavailable` where favourites, or the pictures
        of running jobs, take all of it: a run would cost money and its pictures could not be kept."""
        if not self._limits(visitor.owner) or not self._over(visitor.owner, await self._sums()):
            return
        async with self._turn:
            await self._make_room(self._clock())
            if self._over(visitor.owner, await self._sums(afresh=True)):
                raise ModelUnavailable(
                    "There is no room for further pictures: favourites take all of the space. Nothing was "
                    "sent. Delete pictures, or take them off the favourites, and run it again.",
                    reason="storage_full",
                    charged="no",
                )

    def _limits(self, owner: str) -> bool:
        guest = owner in self._shelf.guests and self._quotas.guest_bytes is not None
        return guest or self._quotas.total_bytes is not None

    def _over(self, owner: str, used: dict[str, int]) -> bool:
        total, guest = self._quotas.total_bytes, self._quotas.guest_bytes
        if total is not None and sum(used.values()) > total:
            return True
        return guest is not None and owner in self._shelf.guests and used.get(owner, 0) > guest

    async def _sums(self, *, afresh: bool = False) -> dict[str, int]:
        now = self._clock()
        if afresh or self._summed_at is None or not 0 <= now - self._summed_at < KNOWN_S:
            self._used, self._summed_at = await self._shelf.used(), now
        return self._used

    async def _make_room(self, now: float) -> None:
        guest, total = self._quotas.guest_bytes, self._quotas.total_bytes
        used = await self._sums(afresh=True) if guest is not None or total is not None else {}
        for owner, size in used.items():
            if guest is not None and owner in self._shelf.guests and size > guest:
                await self._free(size - guest + guest * SPARE, now, owner)
        if total is not None and (size := sum((await self._sums(afresh=True)).values())) > total:
            await self._free(size - total + total * SPARE, now, None)
        self._summed_at = None

    async def _free(self, wanted: float, now: float, owner: str | None) -> None:
        while wanted > 0 and (files := await self._shelf.make_room(round(wanted), now, owner)):
            self._doomed += files
            wanted -= sum(file.bytes for file in files)

    async def _mark_all(self, mark: Callable[[], Awaitable[list[StoredFile]]]) -> None:
        while files := await mark():
            self._doomed += files

    async def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            await self._thumbnails.forget(PurePosixPath(name).stem)
            await self._files.remove(name)
