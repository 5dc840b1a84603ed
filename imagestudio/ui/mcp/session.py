"""A name for an agent that has neither cookie nor key: it is given one when it says hello, as MCP has it.

Without one, each of its requests would be another visitor's, and it would never find its jobs again. Whoever
knows the name is the agent, as with a cookie.
"""

import json
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

HEADER = "Mcp-Session-Id"
LENGTH = 24
"""Bytes of chance in a name."""


def with_session(scope: Scope, body: bytes, send: Send) -> Send:
    """As `send`, and names the session of a newcomer in the answer to its first request."""
    session = scope["state"].get("session")
    is_newcomer = session is not None and session.set
    if not is_newcomer or json.loads(body).get("method") != "initialize":
        return send

    async def named(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[HEADER] = secrets.token_urlsafe(LENGTH)
        await send(message)

    return named
