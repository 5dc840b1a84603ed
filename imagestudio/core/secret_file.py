"""A secret in a file of its own, made at first use and read by the studio's account only."""

import base64
import os
import secrets
from pathlib import Path

from filelock import FileLock

from imagestudio.core.data_dir import UnusableData

KEY_BYTES = 32
SHORTEST = 32
"""Characters of a secret, without its prefix. What is shorter was cut off, and can be guessed."""


ADVICE = "Put it back from a backup, or delete it: then a new one is made, and what the old one signed ends."


def read_or_create_secret(path: Path, prefix: str = "") -> str:
    """The secret in `path`, mode 0600; made, of 256 random bits, if it is not there. Blocking. Raises
    `UnusableData` where it is too short to be one."""
    with FileLock(path.with_name(f"{path.name}.lock")):
        if not path.exists():
            _create(path, prefix)
        return _read(path, prefix)


def check_secret(path: Path, prefix: str = "") -> None:
    """Raises `UnusableData` where a secret is there and too short to be one. Blocking."""
    if path.exists():
        _read(path, prefix)


def _read(path: Path, prefix: str) -> str:
    try:
        secret = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableData(f"{path}: this secret can't be read ({type(error).__name__}). {ADVICE}") from None
    if not secret.startswith(prefix) or len(secret) - len(prefix) < SHORTEST:
        raise UnusableData(f"{path}: this secret has under {SHORTEST} characters, or isn't one. {ADVICE}")
    return secret


def _create(path: Path, prefix: str) -> None:
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(prefix + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
