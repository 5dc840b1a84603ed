"""The signature of webhooks, by the scheme of www.standardwebhooks.com."""

import asyncio
import base64
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock
from pydantic import SecretStr
from standardwebhooks import Webhook

PREFIX = "whsec_"
KEY_BYTES = 32


class Signer:
    """Signs with the secret of the settings, else with one that is made at first use and kept in `path`."""

    def __init__(self, secret: SecretStr | None, path: Path) -> None:
        self._webhook = Webhook(secret.get_secret_value().strip()) if secret else None
        self._path = path

    async def headers(self, message_id: str, at: float, body: str) -> dict[str, str]:
        """The three headers. A receiver takes them within five minutes of `at`, seconds since 1970."""
        if self._webhook is None:
            self._webhook = Webhook(await asyncio.to_thread(kept_secret, self._path))
        moment = datetime.fromtimestamp(int(at), UTC)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at)),
            "webhook-signature": self._webhook.sign(message_id, moment, body),
        }


def kept_secret(path: Path, prefix: str = PREFIX) -> str:
    """The secret in a file that only its owner reads, made if need be. Blocking."""
    with FileLock(path.with_name(f"{path.name}.lock")):
        if not path.exists():
            _make(path, prefix)
        return path.read_text().strip()


def _make(path: Path, prefix: str) -> None:
    made = path.with_name(f"{path.name}.new")
    made.unlink(missing_ok=True)
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(prefix + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    made.rename(path)
