"""API keys that `imagestudio keys` hands out: kept as checksums, each with its name and its limits."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from imagestudio.core.visitor import Caps
from imagestudio.store.database import Database
from imagestudio.store.tables import api_keys

SECRET_PREFIX = "studio_"
"""What every secret begins with, so that one that leaked is recognised."""
PREFIX_LENGTH = len(SECRET_PREFIX) + 4
OWNER_DIGITS = 16
LONGEST_NAME = 64


class NameTaken(ValueError):
    """A key that is valid has that name already."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept. Its secret was shown once and is nowhere any more."""

    id: str
    """The first digits of the secret's checksum: they name the owner of the holder's jobs, too."""
    name: str
    prefix: str
    """How the secret begins."""
    created_at: float
    revoked_at: float | None
    caps: Caps

    @property
    def owner(self) -> str:
        """Whose the jobs are that are asked for with it."""
        return f"key:{self.id}"


class ApiKeys:
    """The keys in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, name: str, caps: Caps, at: float) -> tuple[ApiKey, str]:
        """A new key, and its secret: 256 random bits, which are nowhere else. Raises `NameTaken`."""
        secret = SECRET_PREFIX + secrets.token_urlsafe(32)
        checksum = digest(secret)
        key = ApiKey(checksum[:OWNER_DIGITS], name, secret[:PREFIX_LENGTH], at, None, caps)
        row = {"id": key.id, "name": name, "hash": checksum, "prefix": key.prefix, "created_at": at}
        add = insert(api_keys).values(
            requests_per_minute=caps.requests_per_minute, usd_day=caps.usd_day, usd_month=caps.usd_month
        )
        same = select(api_keys.c.id).where(api_keys.c.name == name, api_keys.c.revoked_at.is_(None))

        def change(connection: Connection) -> None:
            if connection.execute(same).first():
                raise NameTaken(f"There is a key named {name} already. Revoke it first, or choose a name.")
            connection.execute(add.values(row))

        await self._database.write(change)
        return key, secret

    async def all(self) -> list[ApiKey]:
        """Every key, the revoked ones too, oldest first."""
        return list((await self.by_checksum()).values())

    async def by_checksum(self) -> dict[str, ApiKey]:
        """Every key by its secret's checksum, oldest first."""
        query = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)

        def fetch(connection: Connection) -> dict[str, ApiKey]:
            return {row.hash: _key(row) for row in connection.execute(query)}

        return await self._database.read(fetch)

    async def revoke(self, which: str, at: float) -> ApiKey | None:
        """End a valid key, by id or name; None where there is none of either."""
        named = (api_keys.c.id == which) | (api_keys.c.name == which)
        change = update(api_keys).where(named, api_keys.c.revoked_at.is_(None)).values(revoked_at=at)

        def revoked(connection: Connection) -> ApiKey | None:
            row = connection.execute(change.returning(api_keys)).first()
            return _key(row) if row else None

        return await self._database.write(revoked)


def digest(secret: str) -> str:
    """How a secret is kept. No slow hash: those make guessed passwords dear, and nobody guesses 256 random
    bits, while a slow hash at every call would be a way to keep the studio busy."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def _key(row: Row[Any]) -> ApiKey:
    caps = Caps(row.requests_per_minute, None, row.usd_day, row.usd_month)
    return ApiKey(row.id, row.name, row.prefix, row.created_at, row.revoked_at, caps)
