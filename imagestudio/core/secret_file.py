"""A secret in a file of its own, made at first use and read by the studio's account only."""

import base64
import os
import secrets
from pathlib import Path

from filelock import FileLock

KEY_BYTES = 32


def read_or_create_secret(path: Path, prefix: str = "") -> str:
    """The secret in `path`, mode 0600; made, of 256 random bits, if it is not there. Blocking."""
    with FileLock(path.with_name(f"{path.name}.lock")):
        if not path.exists():
            _create(path, prefix)
        return path.read_text().strip()


def _create(path: Path, prefix: str) -> None:
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(prefix + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
