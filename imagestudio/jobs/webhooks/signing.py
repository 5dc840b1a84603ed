"""The signature of webhooks, by the scheme of www.standardwebhooks.com."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from standardwebhooks import Webhook

from imagestudio.core.secret_file import read_or_create_secret

PREFIX = "whsec_"


class Signer:
    """Signs with the secret of the settings, else with one that is made at first use and kept in `path`."""

    def __init__(self, secret: SecretStr | None, path: Path) -> None:
        self._webhook = Webhook(secret.get_secret_value().strip()) if secret else None
        self._path = path

    async def headers(self, message_id: str, at: float, body: str) -> dict[str, str]:
        """The three headers. A receiver takes them within five minutes of `at`, seconds since 1970."""
        if self._webhook is None:
            self._webhook = Webhook(await asyncio.to_thread(read_or_create_secret, self._path, PREFIX))
        moment = datetime.fromtimestamp(int(at), UTC)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at)),
            "webhook-signature": self._webhook.sign(message_id, moment, body),
        }
