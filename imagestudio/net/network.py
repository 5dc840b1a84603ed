"""Connections to public addresses only, each made to the very address that was checked.

A name is looked up once for a connection, every answer must be public, and the socket goes to one of those
answers: a second look-up, in which a hostile name server could say something else, does not happen. TLS still
verifies the certificate against the name.

Two packages were looked at first. httpx-secure 2.0.0 opens a TCP connection and checks the address
afterwards, and looks at one answer only. ssrfguard 0.4.1 (of 2026, one author, new releases by the week)
checks and pins well, but would connect to Azure's host agent, SIIT's wrapped loopback, ORCHIDs, and whatever
is behind 6to4 and NAT64, knows neither one deadline for all nor a size limit, and holds the peer against the
address it dialled, so that no test could stand in for the public internet: the rules stay ours, and
`tests/net/test_matrix.py` holds them.
"""

import asyncio
import math
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import httpcore
import httpx

from imagestudio.core.turns import Asker, Turns
from imagestudio.net.addresses import is_public, parse_ip

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From host and port to addresses as text, the preferred one first. Raises `OSError` for an unknown host."""

ATTEMPTS = 4
"""A host's addresses tried before giving up; the host decides how many it names."""
ATTEMPT_S = 5.0
LOOKUPS, LOOKUP_WAIT_S = 8, 4.0
OF_NETWORK = 1 / 4
"""Of the look-ups of what visitors name: what one network may have under way."""
KEEP_S, MOST_KEPT = 60.0, 1000
"""Seconds that an answer is good for where names are the providers', and how many are kept."""
CONNECTIONS = 100


class NotPublic(Exception):
    """The host has an address that is not public. No connection was made."""


class UnknownHost(httpcore.ConnectError):
    """The host is a name without an address."""

    def __init__(self, host: str, why: object) -> None:
        super().__init__(f"{host} is unknown: {why}")
        self.host = host


class SystemResolver:
    """The operating system's look-up. It knows no deadline, so it has threads of its own: stuck look-ups must
    not take those that files and pictures need, nor those of another use. Answers are kept for `keep_s`."""

    def __init__(self, keep_s: float = 0.0) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")
        self._keep_s = keep_s
        self._kept: dict[tuple[str, int], tuple[float, Sequence[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        until, addresses = self._kept.get((host, port), (-math.inf, ()))
        if loop.time() < until:
            return addresses
        addresses = await loop.run_in_executor(self._threads, _look_up, host, port)
        if self._keep_s:
            self._kept.pop((host, port), None)
            self._kept[host, port] = (loop.time() + self._keep_s, addresses)
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return addresses

    def close(self) -> None:
        """Let the threads end, without waiting for a stuck one."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


class LookupsInTurn:
    """Look-ups of what visitors name, a few at once for a network. One that is given up keeps its place
    until it ends: its thread can't be stopped."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._turns = Turns(LOOKUPS, room=16 * LOOKUPS, part=OF_NETWORK)

    def of(self, asker: Asker) -> Resolver:
        """The same for one visitor. Raises `ModelUnavailable`, too, where they have no turn in time."""

        async def look_up(host: str, port: int) -> Sequence[str]:
            return await self._turns.hold(asker, lambda: self._resolver(host, port), LOOKUP_WAIT_S)

        return look_up


class PublicBackend(httpcore.AsyncNetworkBackend):
    """Looks up, checks every answer, and has `dialer` connect to a checked address, never to a name."""

    def __init__(self, resolver: Resolver, dialer: httpcore.AsyncNetworkBackend) -> None:
        self._resolver = resolver
        self._dialer = dialer

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises `NotPublic`, `httpcore.ConnectError`, `httpcore.ConnectTimeout`."""
        failure: Exception = UnknownHost(host, "no address")
        seconds = ATTEMPT_S if timeout is None else min(timeout, ATTEMPT_S)
        for address in (await self.look_up(host, port))[:ATTEMPTS]:
            try:
                return await self._dialer.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def look_up(self, host: str, port: int) -> Sequence[str]:
        """A host's addresses. Raises `NotPublic`, `httpcore.ConnectError`."""
        try:
            addresses = [host] if parse_ip(host) else await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise UnknownHost(host, error) from error
        # One private answer among public ones is a rebinding attack, not a choice to make.
        if not all(is_public(address) for address in addresses):
            raise NotPublic(host)
        return addresses

    async def check(self, host: str, port: int) -> None:
        """Whether a host has public addresses, and no other. Raises as `look_up` does."""
        if not await self.look_up(host, port):
            raise UnknownHost(host, "no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refused: a socket file is this machine."""
        raise NotPublic(path)

    async def sleep(self, seconds: float) -> None:
        """httpcore's pause between its own retries, of which there are none here."""
        await self._dialer.sleep(seconds)


class PublicTransport(httpx.AsyncBaseTransport):
    """An httpx transport over `PublicBackend`. It knows no proxies, cookies or keys.

    Raises httpcore's exceptions, not httpx's, and `NotPublic`.
    """

    def __init__(
        self, resolver: Resolver, dialer: httpcore.AsyncNetworkBackend, ssl_context: ssl.SSLContext
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=CONNECTIONS,
            keepalive_expiry=15.0,
            network_backend=PublicBackend(resolver, dialer),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request whose body, if any, is bytes; the caller closes the response."""
        url = request.url
        response = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.content,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


@cache
def certificates() -> ssl.SSLContext:
    """Those of certifi, whatever the environment says.

    Read once a process: that takes 20 ms, in which no request moves, and each visitor's key has clients of
    its own.
    """
    return httpx.create_ssl_context(trust_env=False)
