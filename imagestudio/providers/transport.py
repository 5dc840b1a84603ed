"""httpx over aiohttp: how answers are read, and what failures prove."""

from collections import Counter
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import AiohttpResponseStream

PIECE = 256 * 1024
"""Bytes of an answer that are taken in one step."""


class InPieces(AiohttpTransport):
    """Reads bodies in pieces of up to `PIECE`: of the transport's own 16 KiB a picture has a hundred."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if isinstance(response.stream, AiohttpResponseStream):
            response.stream.CHUNK_SIZE = PIECE
        return response


class Sender(httpx.AsyncClient):
    """A client that sends a request as it stands, over one transport. httpx looks for redirects, logins and
    cookies at each, of which providers need none; that took as long as the rest of its work."""

    def __init__(self, transport: httpx.AsyncBaseTransport, timeout: httpx.Timeout) -> None:
        super().__init__(transport=transport, timeout=timeout, trust_env=False)
        self._way = transport

    async def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        """As httpx does, without redirects, logins and cookies."""
        response = await self._way.handle_async_request(request)
        try:
            for hook in self.event_hooks["response"]:
                await hook(response)
            if not stream:
                await response.aread()
        except BaseException:
            await response.aclose()
            raise
        return response


def never_sent(error: Exception) -> bool:
    """Whether this failure proves that the request did not leave.

    The cause is asked first: httpx-aiohttp reports a connection lost *after* sending as `ConnectTimeout`,
    and believing that would mean paying twice.
    """
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    return isinstance(
        error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol
    )


class ResponseCounter:
    """Answers since the start, by provider and HTTP status. Downloads through the same client count."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, int]] = Counter()

    def watch(self, provider: str, client: httpx.AsyncClient) -> httpx.AsyncClient:
        """The client, each answer to which is counted as this provider's."""

        async def count(response: httpx.Response) -> None:
            self.counts[provider, response.status_code] += 1

        client.event_hooks["response"].append(count)
        return client
