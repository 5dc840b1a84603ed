"""Gradio's sessions: each is its first user's. Their names are made up by the clients."""

from imagestudio.core.errors import BadRequest, NotFound
from imagestudio.core.messages import Message

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
