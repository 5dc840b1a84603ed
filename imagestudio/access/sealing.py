"""Keys that must survive a restart, encrypted so that the database alone gives none away."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

NONCE = 12
"""Bytes, random for each sealing."""


class Sealer:
    """AES-256-GCM with a key derived (HKDF, SHA-256) from `IMAGESTUDIO_SECRET_KEY`. What is sealed for one
    job opens for no other."""

    def __init__(self, secret: SecretStr) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"imagestudio job keys")
        self._cipher = AESGCM(derived.derive(secret.get_secret_value().encode()))

    def seal(self, job_id: str, key: SecretStr) -> bytes:
        """The key for a job's row."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, key.get_secret_value().encode(), job_id.encode())

    def open(self, job_id: str, sealed: bytes) -> SecretStr | None:
        """The key again; None where it was sealed with another secret, or for another job."""
        try:
            plain = self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], job_id.encode())
        except (InvalidTag, ValueError):
            return None
        return SecretStr(plain.decode())
