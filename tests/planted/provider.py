"""Providers that repeat the key which they are sent: in every header, in their answers, and on certain words
of a prompt in errors. The strict emulator stands behind them."""

import json
import re
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.sandbox.journal import KEY_HEADERS

SUBMIT = re.compile(r"nasty:(\d{3})")
"""In a prompt: this is what its submit is answered with."""
LOOK = re.compile(r"nasty-look:(\d{3})")
"""Its submit is taken; whoever looks at the task is answered with this, until `released`."""
TASK = ("id", "request_id")


class Nasty:
    """ASGI middleware around the emulator."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._looks: dict[str, int] = {}
        self._limited: set[str] = set()
        self.released = False
        self.keys: dict[str, set[str]] = {}
        """The keys that came, by provider."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        provider = scope["path"].split("/")[1]
        key = (request.headers.get(KEY_HEADERS.get(provider, ""), "").split() or [""])[-1]
        if key:
            self.keys.setdefault(provider, set()).add(key)
        body = await request.body()
        answer = self._error(scope, provider, key, body.decode())
        if answer is not None:
            await answer(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), self._talkative(key, body.decode(), send))

    def _error(self, scope: Scope, provider: str, key: str, body: str) -> Response | None:
        """What it refuses with, if it does."""
        if scope["method"] == "POST" and (found := SUBMIT.search(body)):
            if int(found[1]) == 429 and body in self._limited:
                return None
            self._limited.add(body)
            return error(provider, int(found[1]), key)
        address = f"{scope['path']}?{scope['query_string'].decode()}"
        for task, status in self._looks.items():
            if task in address and scope["method"] == "GET" and not self.released:
                return error(provider, status, key)
        return None

    def _talkative(self, key: str, body: str, send: Send) -> Send:
        """Adds the key to the headers, and to what is JSON; notes the tasks that are not to be told of."""
        start: Message = {}
        held = bytearray()

        async def talk(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update({**message, "headers": [*message["headers"], *spoken(key)]})
                if not _is_json(start):
                    await send(start)
            elif message["type"] != "http.response.body" or not _is_json(start):
                await send(message)
            else:
                held.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    said = self._said(bytes(held), key, body)
                    plain = [one for one in start["headers"] if one[0] != b"content-length"]
                    length = (b"content-length", str(len(said)).encode())
                    await send({**start, "headers": [*plain, length]})
                    await send({"type": "http.response.body", "body": said})

        return talk

    def _said(self, data: bytes, key: str, body: str) -> bytes:
        content = json.loads(data)
        if not isinstance(content, dict) or not key:
            return data
        if found := LOOK.search(body):
            self._looks.update({content[name]: int(found[1]) for name in TASK if name in content})
        return written({**content, "caller": repeated(key)}, key)


def repeated(key: str) -> str:
    """The key as it is, as an address has it, and a place where `written` escapes it."""
    return f"caller {key} ({quote(key, safe='')}) ESCAPED"


def written(content: Any, key: str) -> bytes:
    """JSON, with the key also in escapes."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in key)
    return json.dumps(content).replace("ESCAPED", escaped).encode()


def spoken(key: str) -> list[tuple[bytes, bytes]]:
    """Headers that hold the key."""
    said = [(b"x-caller", key), (b"set-cookie", f"caller={quote(key)}"), (b"x-fal-error-type", key)]
    return [(name, value.encode()) for name, value in said if key]


def error(provider: str, status: int, key: str) -> Response:
    """A refusal in the provider's own form."""
    said = f"There is a fault: {repeated(key)}"
    content: dict[str, Any] = {"detail": said, "error": said, "error_type": said}
    if provider == "google":
        about = {"code": status, "status": "INVALID_ARGUMENT", "message": said, "details": [{"reason": said}]}
        content = {"error": about}
    elif status == 422:
        content = {"detail": [{"loc": ["body", key], "msg": said, "type": key, "input": key, "ctx": said}]}
    answer = Response(written(content, key), status, media_type="application/json")
    answer.raw_headers.extend([*spoken(key), (b"retry-after", b"0.1")])
    return answer


def _is_json(start: Message) -> bool:
    return any(one == (b"content-type", b"application/json") for one in start["headers"])


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
