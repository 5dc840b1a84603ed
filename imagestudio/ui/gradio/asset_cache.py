"""Gradio's scripts and style sheets, kept as they were first sent: Gradio reads and compresses each anew at
every call, some sixty for a page, which took most of the time until a page could be used.

Relies on `/assets/`, below which each file has its content's hash in its name.
"""

from posixpath import normpath

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.access.paths import path_of
from imagestudio.ui.assets import FOR_EVER

FOLDER = "/assets/"
"""What is in there has its content's hash in its name."""
MOST_BYTES = 24 * 1024**2

Key = tuple[str, bool, bool]


class AssetCache:
    """In front of Gradio's app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers: dict[Key, tuple[Message, Message]] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with what is kept, and keep what can be."""
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
        elif answer := self._answers.get(key):
            start, body = answer
            await send({**start, "headers": [*start["headers"]]})  # what is outside adds to them
            await send(body)
        else:
            await self._pass_on(key, scope, receive, send)

    async def _pass_on(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["Cache-Control"] = FOR_EVER
                start = {**message, "headers": [*message["headers"]]}
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
            await send(message)
            if start and message["type"] == "http.response.body" and not message.get("more_body", False):
                self._keep(key, start, b"".join(parts))

        await self._app(scope, receive, collect)

    def _keep(self, key: Key, start: Message, body: bytes) -> None:
        if self._bytes + len(body) <= MOST_BYTES:
            self._bytes += len(body)
            self._answers[key] = (start, {"type": "http.response.body", "body": body})


def _key(scope: Scope) -> Key | None:
    """What tells one answer from another; None where each call has its own."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return None
    path, headers = path_of(scope), Headers(scope=scope)
    # Another spelling of the same path is answered, and not kept: there is no end of them.
    if not path.startswith(FOLDER) or path != normpath(path) or "range" in headers:
        return None
    accepted = headers.get("accept-encoding", "")
    return path, "br" in accepted, "gzip" in accepted
