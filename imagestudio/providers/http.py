"""One provider's HTTP: base URL, key, shared client, and what a broken connection means for money."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import orjson

from imagestudio.core.errors import ProviderFailed, ProviderTimeout, StudioError, SubmitLost
from imagestudio.core.messages import Message
from imagestudio.net import Download, Fetcher
from imagestudio.net.network import certificates
from imagestudio.providers.hiding import Hider, Said
from imagestudio.providers.transport import PIECE, InPieces, Sender, never_sent

PARSE_IN_THREAD = 64 * 1024
"""Bodies above this many bytes are written and read off the event loop."""
MAX_ANSWER = 64 * 1024 * 1024
"""An answer larger than this many bytes is not read to its end: four 2K PNGs in base64 stay well under it."""
CONNECT_S = 10.0
TOLD = 500
"""Characters of an answer that messages may repeat."""


class Transient(Exception):
    """A poll or a download failed in a way that passes: ask again. `retry_after` in seconds, where told."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Garbled(Transient):
    """A poll was answered, and not as any documentation describes: a page of something between, say, which
    is gone at the next look. `ending` is what it means where it stays so."""

    def __init__(self, ending: StudioError) -> None:
        super().__init__(ending.message)
        self.ending = ending


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer: its status, its JSON (None where it is not JSON), and its headers."""

    status: int
    json: Any
    text: str
    """The first `TOLD` characters, for messages."""
    headers: httpx.Headers

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people: of something between, which the provider's own API never sends."""
        return self.json is None and self.text.lstrip("\ufeff \t\r\n").startswith("<")

    @property
    def retry_after(self) -> float | None:
        """Seconds that `Retry-After` asks to wait, from either of its two forms (RFC 9110, 10.2.3)."""
        value = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            return float(value)
        try:
            return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError):
            return None


def provider_client() -> httpx.AsyncClient:
    """A client for one provider: httpx's API over aiohttp's pool, which holds at hundreds of connections
    where httpx's own collapses near 300. No cookies, no redirects, no proxies from the environment."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=400, keepalive_timeout=30, ssl=certificates())
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), read_bufsize=PIECE
        )

    transport = InPieces(client=session, verify=certificates(), trust_env=False)
    return Sender(transport, httpx.Timeout(30.0, connect=10.0))


class Wire:
    """Requests to one provider. The key goes out only to URLs that `owns` accepts, in headers."""

    def __init__(
        self,
        *,
        title: str,
        client: httpx.AsyncClient,
        fetcher: Fetcher,
        base_url: str,
        key_headers: Mapping[str, str],
        key_variable: str,
        owns: Callable[[str, str], bool],
        submit_timeout_s: float = 120.0,
    ) -> None:
        self.title = title
        self.key_variable = key_variable
        self.base_url = base_url.rstrip("/")
        self._client = client
        self._fetcher = fetcher
        self._key_headers = dict(key_headers)
        self._hider = Hider(key_headers.values())
        self._owns = owns
        self._submit_timeout = httpx.Timeout(submit_timeout_s, connect=CONNECT_S)
        self._submit_s = CONNECT_S + 2 * submit_timeout_s
        """For the whole: an answer may take as long to come as it took to begin."""

    async def submit(self, path: str, body: Mapping[str, Any]) -> Answer:
        """POST once. Raises `ProviderFailed` where nothing left, `SubmitLost` where the answer was lost."""
        url = self.base_url + path
        try:
            large = _characters(body) > PARSE_IN_THREAD
            content = await asyncio.to_thread(orjson.dumps, body) if large else orjson.dumps(body)
            headers = {**self._key_headers, "content-type": "application/json"}
            async with (
                asyncio.timeout(self._submit_s),
                self._client.stream(
                    "POST", read_url(url), content=content, headers=headers, timeout=self._submit_timeout
                ) as response,
            ):
                return await self._read(response)
        except Exception as error:
            raise self._submit_failure(error) from error

    def _submit_failure(self, error: Exception) -> StudioError | SubmitLost:
        if never_sent(error):
            return ProviderFailed(Message("provider.unreachable", title=self.title), charged="no")
        late = isinstance(error, TimeoutError | httpx.TimeoutException)
        if late and not isinstance(error, httpx.ConnectTimeout):
            why = Message("provider.no_answer", title=self.title)
            return SubmitLost(ProviderTimeout(Message("provider.lost", why=why), charged="unknown"))
        broken = Message("provider.connection_broke", title=self.title)
        return SubmitLost(ProviderFailed(Message("provider.lost", why=broken), charged="unknown"))

    async def get(self, url: str, *, method: str = "GET", timeout_s: float = 30.0) -> Answer:
        """Ask about a task. Raises `Transient` where the connection failed, or the whole took longer than
        `timeout_s`, for any method that is free."""
        headers = self._headers_for(url)
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._client.stream(method, read_url(url), headers=headers, timeout=timeout_s) as response,
            ):
                return await self._read(response)
        except Exception as error:
            raise Transient(f"{self.title} could not be asked: {type(error).__name__}") from error

    @asynccontextmanager
    async def stream(self, url: str, *, timeout_s: float) -> AsyncIterator[httpx.Response]:
        """A response to read as it comes, with `parse`. What breaks is an `httpx.HTTPError`."""
        headers = {**self._headers_for(url), "accept": "text/event-stream"}
        try:
            async with self._client.stream(
                "GET", read_url(url), headers=headers, timeout=timeout_s
            ) as response:
                yield response
        except aiohttp.ClientError as error:  # httpx-aiohttp lets some of its own through
            raise httpx.ReadError(type(error).__name__) from error

    async def download(self, url: str, destination: Path) -> Download:
        """Bring a result file to disk, without the key. Trusted: public https, or the configured origin."""
        return await self._fetcher.download(
            url, destination, trusted_origin=self.base_url, client=self._client
        )

    def _headers_for(self, url: str) -> dict[str, str]:
        if not self._owns(url, self.base_url):
            raise ProviderFailed(
                Message("provider.foreign_address", title=self.title),
                charged="unknown",
            )
        return dict(self._key_headers)

    def parse(self, content: Said) -> Any:
        """The JSON in what the provider said, the key taken out of it; None where it is not JSON."""
        return self._heard(content)[0]

    async def _read(self, response: httpx.Response) -> Answer:
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > MAX_ANSWER:
                raise httpx.ReadError(f"answer over {MAX_ANSWER} bytes")
        large = len(content) > PARSE_IN_THREAD
        parsed, text = await asyncio.to_thread(self._heard, content) if large else self._heard(content)
        headers = [(name, self._hider.in_bytes(value)) for name, value in response.headers.raw]
        return Answer(response.status_code, parsed, text, httpx.Headers(headers))

    def _heard(self, content: Said) -> tuple[Any, str]:
        """The JSON in it, and how it begins, both without the key."""
        hidden = self._hider.in_bytes(content)
        text = bytes(hidden[: 4 * TOLD]).decode("utf-8", "replace")
        try:
            parsed = json.loads(hidden)
        except ValueError:
            return None, text[:TOLD]
        if b"\\" in hidden:
            parsed = self._hider.in_json(parsed)
            text = json.dumps(parsed, ensure_ascii=False)
        return parsed, text[:TOLD]


def _characters(value: Any) -> int:
    """Of all the strings in it: about as many as its JSON has."""
    match value:
        case str():
            return len(value)
        case dict():
            return sum(map(_characters, value.values()))
        case list():
            return sum(map(_characters, value))
    return 0


@lru_cache(maxsize=512)
def read_url(text: str) -> httpx.URL:
    """What httpx reads in a URL, remembered: a task's few are read again and again. Raises as httpx does."""
    return httpx.URL(text)


def same_origin(url: str, base_url: str) -> bool:
    """Whether two URLs share scheme, host and port, default ports written out or not."""
    try:
        return _origin(url) == _origin(base_url)
    except (httpx.InvalidURL, ValueError):  # ValueError: a lone surrogate
        return False


def _origin(url: str) -> tuple[str, bytes, int | None]:
    parsed = read_url(url)
    return parsed.scheme, parsed.raw_host, parsed.port or {"http": 80, "https": 443}.get(parsed.scheme)
