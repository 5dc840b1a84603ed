"""Where a webhook may go: public addresses that are not this studio's."""

from dataclasses import dataclass

import httpx

from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.core.turns import Asker
from imagestudio.net import Fetcher, FetchError

FIELD = "webhook_url"
LONGEST = 1000
"""Characters; requests keep strings of this length whole."""


@dataclass(frozen=True, slots=True)
class Receivers:
    """Refuses bad addresses when a request names them; sending checks them once more."""

    fetcher: Fetcher
    public_url: str | None

    async def check(self, url: str, origin: str | None, asker: Asker) -> None:
        """Raises `InvalidParameter`. `origin` is this studio's, as the caller sees it."""
        if len(url) > LONGEST:
            raise InvalidParameter(
                Message("webhook.too_long", most=LONGEST),
                field=FIELD,
                allowed={"maxLength": LONGEST},
            )
        try:
            await self.fetcher.check(url, asker=asker)
        except FetchError as error:
            reason = Message("webhook.no_lookup") if error.reason == "timeout" else error.text
            raise InvalidParameter(Message("webhook.not_taken", reason=reason), field=FIELD) from error
        if any(_serves(ours, url) for ours in (origin, self.public_url) if ours):
            raise InvalidParameter(Message("webhook.itself"), field=FIELD)


def _serves(ours: str, url: str) -> bool:
    """Whether an origin of ours would answer at this URL, under either of the two schemes."""
    try:
        here, there = httpx.URL(ours), httpx.URL(url)
    except httpx.InvalidURL:  # callers choose the Host header
        return False
    return here.port in (None, 80, 443) and here.host.rstrip(".") == there.host.rstrip(".")
