"""The studio's own secret: what cookies are signed with, and what owners are told apart by."""

import asyncio
import hmac
from pathlib import Path

from pydantic import SecretStr

from imagestudio.core.secret_file import read_or_make_secret

OWNER_DIGITS = 32
"""Hex digits: 128 bits."""


async def server_secret(setting: SecretStr | None, path: Path) -> bytes:
    """The secret of the settings, else one that is made at first use and kept in `path`, mode 0600."""
    if setting is not None:
        return setting.get_secret_value().encode()
    return (await asyncio.to_thread(read_or_make_secret, path)).encode()


def keyed_hash(secret: bytes, purpose: str, text: str) -> str:
    """128 bits in hex that only this studio can compute. One `purpose` tells nothing about another's."""
    return hmac.digest(secret, f"{purpose}:{text}".encode("utf-8", "replace"), "sha256").hex()[:OWNER_DIGITS]
