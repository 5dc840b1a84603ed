"""An httpx transport that runs an ASGI app in process and streams what it sends."""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
from starlette.types import ASGIApp, Message, Scope

from imagestudio.sandbox.cutting import CUT

log = logging.getLogger(__name__)


class SandboxTransport(httpx.AsyncBaseTransport):
    """Talks to `app` as over a socket: bodies stream, read timeouts count, a cut connection is seen as one.

    Cancelling a request cancels the app's task; so does closing a response before its end, and `aclose()`.
    The app's own bug is logged, and seen by the client as a server error or a cut connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.RemoteProtocolError where the connection is cut, httpx.ReadTimeout past the limit."""
        exchange = _Exchange(request, await request.aread())
        task = asyncio.create_task(self._run(exchange))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            start = await exchange.next_message()
        except BaseException:
            await _cancel(task)
            raise
        if start["type"] != "http.response.start":
            await _cancel(task)
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            )
        return httpx.Response(start["status"], headers=start["headers"], stream=_Body(exchange, task))

    async def _run(self, exchange: "_Exchange") -> None:
        try:
            await self._app(exchange.scope(), exchange.receive, exchange.send)
        except Exception:
            log.exception("The sandbox failed.")
        finally:
            exchange.end()

    async def aclose(self) -> None:
        """Ends whatever still runs."""
        await asyncio.gather(*[_cancel(task) for task in self._tasks])


class _Exchange:
    """One request and its answer, between the client and the app's task."""

    def __init__(self, request: httpx.Request, body: bytes) -> None:
        self._request = request
        self._incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        self._outgoing: asyncio.Queue[Message] = asyncio.Queue()
        self._ended = asyncio.Event()

    def scope(self) -> Scope:
        url = self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 0),
            "root_path": "",
        }

    async def receive(self) -> Message:
        if self._incoming:
            return self._incoming.pop()
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self._ended.is_set():
            self._outgoing.put_nowait(message)

    def end(self) -> None:
        """The app has nothing more to send: where its answer is unfinished, the connection is cut there."""
        self._outgoing.put_nowait(CUT)
        self._ended.set()

    def hang_up(self) -> None:
        """The client wants no more: the app sees a disconnect."""
        self._ended.set()

    async def next_message(self) -> Message:
        limit = self._request.extensions.get("timeout", {}).get("read")
        try:
            return await asyncio.wait_for(self._outgoing.get(), limit)
        except TimeoutError as error:
            raise httpx.ReadTimeout("No answer in time.", request=self._request) from error

    async def body(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self.next_message()
            if message["type"] != "http.response.body":
                raise httpx.RemoteProtocolError(
                    "peer closed connection without sending complete message body", request=self._request
                )
            more = message.get("more_body", False)
            if self._request.method != "HEAD" and message.get("body"):
                yield message["body"]


class _Body(httpx.AsyncByteStream):
    """The answer's bytes, each as the app sends it."""

    def __init__(self, exchange: _Exchange, task: asyncio.Task[None]) -> None:
        self._exchange, self._task = exchange, task

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._exchange.body()

    async def aclose(self) -> None:
        self._exchange.hang_up()
        await _cancel(self._task)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
