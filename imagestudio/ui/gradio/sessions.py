"""Gradio's sessions, uploads and answers: each is its first user's. Clients make up the sessions' names.

Relies on `session_hash`: in the body of a call, in the address of a heartbeat, in the query of a stream.
"""

from starlette.types import Scope

from imagestudio.core.errors import BadRequest, NotFound
from imagestudio.core.messages import Message
from imagestudio.core.visitor import SURE

MOST = 20_000
"""Sessions that are remembered. The ones that were used least lately are forgotten first."""
LONGEST = 128


class Sessions:
    """Who holds which session. Those of programs without cookie or key are open to whoever knows the name."""

    def __init__(self) -> None:
        self._holders: dict[str, str | None] = {}

    def check(self, name: object, holder: str | None) -> None:
        """Take a session for its holder. Raises `NotFound` for another's, `BadRequest` for no name."""
        if name is None:
            return
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
            raise BadRequest(Message("gradio.session_hash", most=LONGEST))
        if self._holders.get(name, holder) != holder:
            raise NotFound(Message("gradio.unknown_session"))
        self._holders.pop(name, None)
        self._holders[name] = holder
        if len(self._holders) > MOST:
            del self._holders[next(iter(self._holders))]


def holder_of(scope: Scope) -> str | None:
    """Who made a request, the same in all their requests; None for a program without cookie or key.

    What a program without either has made is open to whoever knows its name, which can't be guessed. It is
    the cookie's session that counts, not its owner: that changes when an API key is entered on the page.
    """
    state = scope.get("state", {})
    if session := state.get("session"):
        return f"session:{session.id}"
    visitor = state.get("visitor")
    return visitor.owner if visitor is not None and visitor.kind in SURE else None
