"""What arrived, and what no correct client would have sent."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEY_HEADERS = {
    "google": "x-goog-api-key",
    "bfl": "x-key",
    "fal": "authorization",
    "huggingface": "authorization",
}
KEYLESS = ("/bfl/delivery/", "/fal/files/", "/huggingface/files/")
KEY_QUERIES = frozenset({"key", "api_key", "apikey", "x-key", "fal_key", "access_token", "x-goog-api-key"})
BUDGET_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. Header values are not kept, so no key is."""

    time: float
    """Seconds, by the sandbox's clock."""
    method: str
    path: str
    query: tuple[str, ...]
    """Names only."""
    provider: str | None
    headers: tuple[str, ...]
    """Names only, lower-case."""
    has_key: bool
    """Whether the provider's own key header was there."""
    body: object
    """The JSON body in full, None where there is none."""
    fault: str | None
    """What a correct client would not have done, or None."""
    account: str | None = None
    """Whose key it was: `account_of` that key. None where none came."""


def account_of(key: str) -> str:
    """A name for the account behind a key, which does not give the key away."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


class Journal:
    """The latest requests, oldest first, within a budget of bytes."""

    def __init__(self, budget: int = BUDGET_BYTES) -> None:
        self._kept: deque[tuple[Entry, int]] = deque()
        self._budget = budget
        self._bytes = 0

    def add(self, entry: Entry, size: int) -> None:
        self._kept.append((entry, size + 1024))
        self._bytes += size + 1024
        while self._bytes > self._budget and len(self._kept) > 1:
            self._bytes -= self._kept.popleft()[1]

    def __iter__(self) -> Iterator[Entry]:
        return (entry for entry, _ in self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, index: int) -> Entry:
        return self._kept[index][0]

    def faults(self) -> list[Entry]:
        """The requests that carried a key where it must not go."""
        return [entry for entry in self if entry.fault]

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = 0


class Recorder:
    """ASGI middleware: writes every request down and refuses, with 400, a key in the wrong place."""

    def __init__(self, app: ASGIApp, journal: Journal, clock: Callable[[], float]) -> None:
        self._app, self._journal, self._clock = app, journal, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox/"):
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        entry = self._entry(scope, body)
        self._journal.add(entry, len(body))
        if entry.fault:
            await JSONResponse({"error": entry.fault}, 400)(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _entry(self, scope: Scope, body: bytes) -> Entry:
        path, headers = scope["path"], Headers(scope=scope)
        provider = path.split("/")[1] if path.split("/")[1] in KEY_HEADERS else None
        query = tuple(name for name, _ in parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        key = headers.get(KEY_HEADERS[provider]) if provider else None
        return Entry(
            time=self._clock(),
            method=scope["method"],
            path=path,
            query=query,
            provider=provider,
            headers=tuple(sorted(headers.keys())),
            has_key=key is not None,
            body=_json(body),
            fault=_fault(path, provider, query, headers),
            account=account_of(key.split()[-1]) if key and key.strip() else None,
        )


def _fault(path: str, provider: str | None, query: tuple[str, ...], headers: Headers) -> str | None:
    if any(name.lower() in KEY_QUERIES for name in query):
        return "A key came in the query string; it belongs in a header."
    allowed = None if path.startswith(KEYLESS) else KEY_HEADERS.get(provider or "")
    for header in KEY_HEADERS.values():
        # Google documents its answer to a Bearer token (401), so that one is not ours to refuse.
        bearer = provider == "google" and headers.get(header, "").lower().startswith("bearer ")
        if header in headers and header != allowed and not bearer:
            return f"A key came in {header}, which does not belong at {path}."
    return None


def _json(body: bytes) -> object:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


async def _read(receive: Receive) -> bytes:
    chunks = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(chunks)
        chunks += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
