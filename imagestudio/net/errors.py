"""Why a download did not work."""

from typing import Literal

Reason = Literal[
    "url", "address", "unreachable", "timeout", "redirects", "status", "gone", "too_large", "truncated"
]
"""`url`: not a link the studio opens. `address`: not on the public internet. `gone`: a provider's link has
expired (403, 404, 410). `truncated`: the body ended early or broke off."""


class FetchError(Exception):
    """A download that did not work: `reason` is for code, `message` for the person who named the link.

    `status` is the HTTP status where that is what was wrong.
    """

    def __init__(self, reason: Reason, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message
        self.status = status
