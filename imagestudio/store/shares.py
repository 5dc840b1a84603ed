"""Links under which a picture is open to everybody, until they are revoked."""

import secrets
from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select

from imagestudio.core.job import StoredFile
from imagestudio.store.database import Database
from imagestudio.store.tables import files, shares

TOKEN_BYTES = 16
"""128 random bits: nobody guesses one."""


class Shares:
    """One link a picture at most. Tokens are kept as they are: asking again must give the same link, and
    whoever can read the database can read the pictures that lie beside it."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def get_or_create(self, file: StoredFile) -> str:
        """The token that opens a picture of somebody who may share it; made if there is none."""
        return await self._database.write(lambda connection: self._get_or_create(connection, file))

    def _get_or_create(self, connection: Connection, file: StoredFile) -> str:
        existing = connection.execute(select(shares.c.token).where(shares.c.file_id == file.id)).scalar()
        if existing is not None:
            return str(existing)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = insert(shares).values(file_id=file.id, token=token, created_at=self._clock())
        connection.execute(row)
        return token

    async def get(self, file: StoredFile) -> str | None:
        """The token that opens a picture; None where there is none."""
        query = select(shares.c.token).where(shares.c.file_id == file.id)
        return await self._database.read(lambda connection: connection.execute(query).scalar())

    async def revoke(self, file: StoredFile) -> None:
        """Close the link of a picture, for good: another one would have another token."""

        def change(connection: Connection) -> None:
            connection.execute(delete(shares).where(shares.c.file_id == file.id))

        await self._database.write(change)

    async def find(self, token: str) -> StoredFile | None:
        """The picture that a token opens; None where it opens nothing, or the picture was deleted."""
        shared = select(files).join(shares, shares.c.file_id == files.c.id)
        query = shared.where(shares.c.token == token, files.c.gone.is_(None))

        def fetch(connection: Connection) -> StoredFile | None:
            row = connection.execute(query).one_or_none()
            return StoredFile(**row._mapping) if row else None

        return await self._database.read(fetch)
