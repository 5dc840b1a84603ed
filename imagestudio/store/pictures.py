"""What an owner does with their pictures: look, keep for good, delete, bring back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, exists, update

from imagestudio.core.errors import NotFound
from imagestudio.core.job import RESTORABLE_S, StoredFile
from imagestudio.core.messages import Message
from imagestudio.store.database import Database
from imagestudio.store.jobs import JobStore
from imagestudio.store.tables import files, jobs

JOB_GONE = exists().where(jobs.c.id == files.c.job_id, jobs.c.gone.is_not(None))


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of one owner at a time. Whatever is not theirs is not there."""

    store: JobStore
    database: Database
    clock: Callable[[], float]

    async def find(self, owner: str, file_id: str) -> StoredFile:
        """A picture that is there. Raises `NotFound`, with the reason where it was deleted."""
        file = await self._owned(owner, file_id)
        if file.gone is not None:
            raise NotFound(file.why_gone)
        return file

    async def set_favourite(self, owner: str, file_id: str, on: bool) -> StoredFile:
        """Make a picture a favourite, which is never deleted by itself, or an ordinary one again."""
        return await self._change(owner, file_id, files.c.gone.is_(None), favourite=on)

    async def delete(self, owner: str, file_id: str) -> StoredFile:
        """Put a picture aside, to be deleted for good in a day. Doing it again changes nothing."""
        file = await self._owned(owner, file_id)
        if file.gone == "binned":
            return file
        return await self._change(owner, file_id, files.c.gone.is_(None), gone="binned", gone_at=self.clock())

    async def restore(self, owner: str, file_id: str) -> StoredFile:
        """Bring a picture back that its owner deleted less than a day ago, unless it went with its job. Doing
        it again changes nothing."""
        file = await self._owned(owner, file_id)
        if file.gone is None:
            return file
        in_time = (files.c.gone == "binned") & (files.c.gone_at > self.clock() - RESTORABLE_S) & ~JOB_GONE
        return await self._change(owner, file_id, in_time, gone=None, gone_at=None)

    async def _owned(self, owner: str, file_id: str) -> StoredFile:
        file = await self.store.get_file(file_id)
        if file is None or file.owner != owner:
            raise NotFound(Message("file.unknown"))
        return file

    async def _change(self, owner: str, file_id: str, condition: Any, **values: Any) -> StoredFile:
        """Change a picture of which the condition still holds when it is changed."""
        file = await self._owned(owner, file_id)
        change = update(files).where(files.c.id == file_id, condition).values(**values)

        def changed(connection: Connection) -> bool:
            return connection.execute(change).rowcount == 1

        if not await self.database.write(changed):
            raise NotFound(_too_late(file))
        return replace(file, **values)


def _too_late(file: StoredFile) -> Message:
    if file.restorable_until is not None:
        return Message("file.restore_too_late")
    return file.why_gone if file.gone else Message("file.just_deleted")
