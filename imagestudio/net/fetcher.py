"""The downloads themselves, and the one kind of upload: a webhook.

No key, cookie or proxy setting goes along. Each redirect is a new link and is checked as the first was.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpcore
import httpx

from imagestudio.core.messages import Message
from imagestudio.core.turns import STUDIO, Asker
from imagestudio.core.units import MAX_UPLOAD
from imagestudio.net.errors import BROKEN, FAILURES, TIMEOUTS, FetchError, Reason, translate_errors
from imagestudio.net.network import (
    KEEP_S,
    LookupsInTurn,
    PublicBackend,
    PublicTransport,
    Resolver,
    SystemResolver,
    certificates,
)
from imagestudio.net.sink import FileSink
from imagestudio.net.url import join, origin, parse

Route = Callable[[httpx.URL], Awaitable[httpx.Response]]

MAX_RESULT = 100 * 1024 * 1024
"""A raw 4-megapixel picture of four channels has 16 MiB; vector files and 16-bit PNGs can be larger."""
MAX_ANSWER = 64 * 1024
"""Bytes of the answer to a post that are read, so that its connection can serve again."""
MAX_REDIRECTS = 5
PORTS = frozenset({None, 80, 443})
STARVED_S, LEAST_RATE = 15.0, 1024
"""A body of which in so many seconds fewer bytes a second come is given up."""
SILENT_S = 30.0
"""How long a host may say nothing at all."""
GONE = frozenset({403, 404, 410})
"""What file hosts say of an expired link: signed URLs answer 403 (BFL's after ten minutes)."""

HEADERS = {"accept": "image/*, */*;q=0.5", "accept-encoding": "identity", "user-agent": "image-studio"}
# Other encodings, which we did not ask for, can unfold a few bytes into gigabytes at one step.
ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


@dataclass(frozen=True, slots=True)
class Download:
    """What was written: hash in hex, bytes, and the type that the host claimed, for information only."""

    sha256: str
    size: int
    content_type: str | None


class Fetcher:
    """Downloads from the public internet, and posts to it. Close it with `aclose`.

    `resolver` and `dialer` stand in for the system's look-up and sockets: what the dialer is given has been
    checked already. `ssl_context` decides which certificates are believed (default: certifi's).
    """

    def __init__(
        self,
        *,
        resolver: Resolver | None = None,
        dialer: httpcore.AsyncNetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
        starved_s: float = STARVED_S,
    ) -> None:
        self._starved_s = starved_s
        self._parts = (dialer or httpcore.AnyIOBackend(), ssl_context or certificates())
        # Connections and look-ups for each use, so that slow hosts which users name can't keep paid results
        # waiting. What a visitor names is looked up in turns, and their connection serves no other.
        self._systems = [SystemResolver(), SystemResolver(KEEP_S), SystemResolver()]
        named, results, receivers = ([resolver] * 3) if resolver else self._systems
        self._named = LookupsInTurn(named)
        self._results = PublicTransport(results, *self._parts)
        self._receivers = PublicTransport(receivers, *self._parts)

    async def aclose(self) -> None:
        """Close connections and look-up threads."""
        await self._results.aclose()
        await self._receivers.aclose()
        for system in self._systems:
            system.close()

    async def get(
        self, url: str, *, max_bytes: int = MAX_UPLOAD, timeout_s: float = 20.0, asker: Asker = STUDIO
    ) -> bytes:
        """The bytes behind a URL that a user named: public http(s) on the usual ports, redirects included.

        `timeout_s` is for everything together. Raises `FetchError`, never with `gone`, and `ModelUnavailable`
        where the asker has too many look-ups under way.
        """
        transport = PublicTransport(self._named.of(asker), *self._parts)
        body = bytearray()

        async def write(chunk: bytes) -> None:
            body.extend(chunk)

        async def route(target: httpx.URL) -> httpx.Response:
            return await _send(transport, target, timeout_s, {"http", "https"})

        try:
            with translate_errors("unreachable"):
                async with asyncio.timeout(timeout_s), _follow_redirects(url, route) as response:
                    if response.status_code != 200:
                        raise _status_error(response)
                    await _stream_body(response, max_bytes, write, self._starved_s)
        finally:
            await transport.aclose()
        return bytes(body)

    async def check(self, url: str, *, timeout_s: float = 5.0, asker: Asker = STUDIO) -> None:
        """Whether `post` would take this URL now: its form, and that all its addresses are public.

        Raises as `get` does. Nothing is connected to, and what a name means may have changed by the post,
        which therefore checks again.
        """
        target = parse(url)
        _check_scheme_and_port(target, {"http", "https"})
        with translate_errors("unreachable"):
            async with asyncio.timeout(timeout_s):
                await PublicBackend(self._named.of(asker), self._parts[0]).check(
                    target.host, origin(target)[2]
                )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float) -> int:
        """Send bytes to a URL that a user named, and give the status of the answer, whatever it is.

        The same addresses as `get`; redirects are not followed. Of the answer's body at most 64 KiB are
        read, and dropped. `timeout_s` is for everything together. Raises `FetchError`.
        """
        target = parse(url)
        _check_scheme_and_port(target, {"http", "https"})
        sent = {"user-agent": HEADERS["user-agent"], "accept-encoding": "identity", **headers}
        request = _request(target, timeout_s, "POST", sent, body)
        deadline = asyncio.get_running_loop().time() + timeout_s
        with translate_errors("unreachable"):
            async with asyncio.timeout_at(deadline):
                response = await self._receivers.handle_async_request(request)
        try:
            # The status has said it all: what goes wrong from here on changes nothing.
            with suppress(*TIMEOUTS, *BROKEN):
                async with asyncio.timeout_at(deadline):
                    await _drain(response, MAX_ANSWER)
        finally:
            await response.aclose()
        return response.status_code

    async def download(
        self,
        url: str,
        destination: Path,
        *,
        max_bytes: int = MAX_RESULT,
        timeout_s: float = 120.0,
        trusted_origin: str | None = None,
        client: httpx.AsyncClient,
    ) -> Download:
        """A provider's result file, written to `destination`, which should be a name nobody reads yet.

        Public https, or the origin (scheme, host, port) of `trusted_origin`; that one `client` calls, without
        its own headers, auth or cookies. `timeout_s` is for everything together. A failed or cancelled
        download leaves no file. Raises `FetchError`, and `OSError` where the file can't be written.
        """
        trusted = trusted_origin and origin(parse(trusted_origin))

        async def route(target: httpx.URL) -> httpx.Response:
            if origin(target) == trusted:
                request = _request(target, timeout_s)
                return await client.send(request, stream=True, auth=None, follow_redirects=False)
            return await _send(self._results, target, timeout_s, {"https"})

        async with FileSink(destination) as sink:
            with translate_errors("unreachable"):
                async with asyncio.timeout(timeout_s), _follow_redirects(url, route) as response:
                    if response.status_code != 200:
                        raise _status_error(response, "gone" if response.status_code in GONE else "status")
                    await _stream_body(response, max_bytes, sink.write, self._starved_s)
            written = await sink.finish()
        return Download(written.sha256, written.size, response.headers.get("content-type"))


async def _send(
    transport: PublicTransport, url: httpx.URL, timeout_s: float, schemes: set[str]
) -> httpx.Response:
    _check_scheme_and_port(url, schemes)
    return await transport.handle_async_request(_request(url, timeout_s))


def _check_scheme_and_port(url: httpx.URL, schemes: set[str]) -> None:
    if url.scheme not in schemes or url.port not in PORTS:
        ways = [f"{scheme}://" for scheme in sorted(schemes)]
        raise FetchError("url", Message("net.ports", ways=ways))


def _request(
    url: httpx.URL,
    timeout_s: float,
    method: str = "GET",
    headers: Mapping[str, str] = HEADERS,
    body: bytes | None = None,
) -> httpx.Request:
    # Built by hand, not by a client, so that no client's headers or cookies are in it.
    timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0), read=min(timeout_s, SILENT_S)).as_dict()
    return httpx.Request(method, url, headers=headers, content=body, extensions={"timeout": timeout})


@asynccontextmanager
async def _follow_redirects(url: str, route: Route) -> AsyncIterator[httpx.Response]:
    """The response at the end of the redirects, to be read."""
    target = parse(url)
    for _ in range(MAX_REDIRECTS + 1):
        response = await route(target)
        try:
            if not response.has_redirect_location:
                yield response
                return
            target = join(target, response.headers["location"])
        finally:
            await response.aclose()
    raise FetchError("redirects", Message("net.redirects", most=MAX_REDIRECTS))


async def _stream_body(
    response: httpx.Response, max_bytes: int, write: Callable[[bytes], Awaitable[None]], starved_s: float
) -> None:
    """Pass the body on piece by piece, and refuse one that is too large, too short, starving or oddly
    packed."""
    announced = response.headers.get("content-length", "")
    expected = int(announced) if announced.isdecimal() else None
    if response.headers.get("content-encoding", "").strip().lower() not in ENCODINGS:
        raise FetchError("status", Message("net.compression"))
    too_large = FetchError("too_large", Message("net.too_large", mib=max_bytes / 2**20))
    if expected is not None and expected > max_bytes:
        raise too_large
    now = asyncio.get_running_loop().time
    size, enough = 0, LEAST_RATE * starved_s
    with translate_errors("truncated"):
        async with _starving(starved_s) as window:
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > max_bytes:
                    raise too_large
                if size >= enough:
                    enough = size + LEAST_RATE * starved_s
                    window.reschedule(now() + starved_s)
                await write(chunk)
    if expected is not None and response.num_bytes_downloaded != expected:
        raise FetchError("truncated", FAILURES["truncated"])


@asynccontextmanager
async def _starving(starved_s: float) -> AsyncIterator[asyncio.Timeout]:
    """A time-out that is put off with what comes. Raises `FetchError` at its end."""
    try:
        async with asyncio.timeout(starved_s) as window:
            yield window
    except TimeoutError as error:
        if not window.expired():
            raise
        raise FetchError("truncated", Message("net.starved", seconds=starved_s)) from error


async def _drain(response: httpx.Response, most: int) -> None:
    """Read the body to its end, or leave it where it is longer."""
    async for chunk in response.aiter_raw():
        most -= len(chunk)
        if most < 0:
            return


def _status_error(response: httpx.Response, reason: Reason = "status") -> FetchError:
    status = response.status_code
    return FetchError(reason, Message("net.status", status=status), status=status)
