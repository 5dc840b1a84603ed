"""Provider keys that visitors bring: read from their requests, held in memory while they use them, and sealed
for a job that must survive a restart."""

import os
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr
from starlette.datastructures import Headers

from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

OWN_KEYS: Mapping[str, str] = {
    "google": "X-Gemini-Key",
    "bfl": "X-BFL-Key",
    "fal": "X-Fal-Key",
    "huggingface": "X-HF-Token",
}
"""The header that brings each provider's key, and Hugging Face's token."""
KEPT_S = 12 * 3600.0
"""Seconds without use after which what is held is forgotten."""
OWNERS = 10_000
"""The most owners whose keys are held: the one who was away longest makes room."""

NONCE_BYTES = 12
"""Random for each sealing."""

_KEY = re.compile(r"[\x21-\x7e]{12,4096}")
# The router takes no other token: anything else would be for fal itself.
_TOKEN = re.compile(r"hf_[\x21-\x7e]{9,4093}")


def read_key(name: str, text: str, field: str) -> SecretStr:
    """A key as somebody typed it. Raises `InvalidParameter`, which names the field and never the key."""
    key = text.strip()
    if name == "huggingface" and not _TOKEN.fullmatch(key):
        raise InvalidParameter(Message("access.no_token", field=field), field=field)
    if not _KEY.fullmatch(key):
        raise InvalidParameter(
            Message("access.no_key", field=field),
            field=field,
        )
    return SecretStr(key)


class KeyVault:
    """Keys by owner, in memory only: they go with the process, or after `KEPT_S` without use."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, dict[str, SecretStr]]] = OrderedDict()

    def __repr__(self) -> str:
        return f"KeyVault({len(self._entries)} owners)"

    def keep(self, owner: str, name: str, key: SecretStr | None) -> None:
        """Hold a key in place of the one before; None forgets it."""
        keys = {**self.keys(owner), name: key}
        present = {name: value for name, value in keys.items() if value is not None}
        self.forget(owner)
        if present:
            self._entries[owner] = (self._clock(), present)
        if len(self._entries) > OWNERS:
            self._entries.popitem(last=False)

    def keys(self, owner: str) -> Mapping[str, SecretStr]:
        """What is held for an owner. Asking counts as use."""
        now = self._clock()
        while self._entries and now - next(iter(self._entries.values()))[0] > KEPT_S:
            self._entries.popitem(last=False)
        if owner not in self._entries:
            return {}
        _, keys = self._entries[owner]
        self._entries[owner] = (now, keys)
        self._entries.move_to_end(owner)
        return dict(keys)

    def forget(self, owner: str) -> None:
        """Hold nothing of an owner's any more."""
        self._entries.pop(owner, None)

    def own_keys(self, headers: Headers, owner: str | None) -> Mapping[str, SecretStr]:
        """What a request brings in its headers and, where they are silent, what is held for its owner.
        Raises `InvalidParameter` for what can't be a key."""
        from_headers = {
            name: read_key(name, headers[header], header)
            for name, header in OWN_KEYS.items()
            if headers.get(header, "").strip()
        }
        return {**self.keys(owner), **from_headers} if owner is not None else from_headers


class Sealer:
    """Encrypts keys so that the database alone gives none away: AES-256-GCM with a key
    derived (HKDF, SHA-256) from `IMAGESTUDIO_SECRET_KEY`. What is sealed for one job opens for no other.
    Of several secrets the first seals, and each opens."""

    def __init__(self, *secrets: SecretStr) -> None:
        self._ciphers = [_cipher(secret) for secret in secrets]

    def seal(self, job_id: str, key: SecretStr) -> bytes:
        """The key for a job's row."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, key.get_secret_value().encode(), job_id.encode())

    def open(self, job_id: str, sealed: bytes) -> SecretStr | None:
        """The key again; None where it was sealed with another secret, or for another job."""
        for cipher in self._ciphers:
            with suppress(InvalidTag, ValueError):
                plain = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], job_id.encode())
                return SecretStr(plain.decode())
        return None


def _cipher(secret: SecretStr) -> AESGCM:
    # One derivation a key: HKDF objects are used up by it.
    derived = HKDF(SHA256(), 32, salt=None, info=b"imagestudio job keys")
    return AESGCM(derived.derive(secret.get_secret_value().encode()))
