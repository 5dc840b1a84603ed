"""Serving until a signal ends it, and being gone within ten seconds of it."""

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.access.proxies import proxies
from imagestudio.core.data_dir import UnusableData
from imagestudio.core.settings import keep_temporary_files
from imagestudio.server.connections import (
    MOST,
    SPARE,
    Connections,
    guarded_protocol,
    raise_descriptors,
)
from imagestudio.server.listening import listen
from imagestudio.studio.host import Host

ANSWER_S = 1
"""Seconds that open answers may take to their end, once told. Streams without an end are cut then."""
KEEP_ALIVE_S = 75
"""Seconds that a connection may idle: longer than clients and proxies keep one by default (60 at most), so
that none is closed under a request that is on its way. uvicorn's own 5 reset some of a crowd's."""
FAILED_TO_START = 3
"""The exit status, as uvicorn's own."""
GIVE_UP_S = 15.0
"""Seconds after a signal at which the process ends whatever it hangs on, such as a disk that no longer
answers. Nothing is lost by it that a `kill -9` would not lose."""


class Server(uvicorn.Server):
    """Tells the studio as soon as the end is asked for. uvicorn would do so only once the last connection
    has closed: who waits for a picture would hold it up, and be cut off without the job's address."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._starting: asyncio.Task[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal: end, also in the middle of the start, and also where something hangs."""
        super().handle_exit(sig, frame)
        if len(self._captured_signals) == 1:
            last_resort = threading.Timer(GIVE_UP_S, os._exit, (FAILED_TO_START,))
            last_resort.daemon = True
            last_resort.start()
        if self._starting is not None:
            self._starting.get_loop().call_soon_threadsafe(self._starting.cancel)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start; a signal meanwhile ends that. What is there by then stays to the end, so the garbage
        collector need not look through it: Gradio's modules and page are a million objects, and each full
        collection held the event loop."""
        self._starting = asyncio.create_task(super().startup(sockets))
        try:
            await self._starting
        except asyncio.CancelledError:
            if not self.should_exit:
                raise
            return
        finally:
            self._starting = None
        if self.started:
            keep_temporary_files(self._app.state.settings.data_dir)
        gc.collect()
        gc.freeze()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer, close the connections, then the studio: its own time runs from here."""
        host: Host | None = getattr(self._app.state, "host", None)
        if host is not None:
            host.lifespan.leave()
        await super().shutdown(sockets)


def serve(
    app: FastAPI,
    host: str,
    port: int,
    log_level: str = "info",
    sockets: list[socket.socket] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, which then ends the process without a trace. `sockets` are of that host
    and port already. Raises `SettingsError` where there are none and it can't be listened there."""
    sockets = sockets or listen(host, port)
    trusted = app.state.settings.forwarded_allow_ips
    room = max(SPARE, raise_descriptors() - SPARE)
    connections = Connections(min(MOST, room), is_proxy=proxies(trusted))
    config = uvicorn.Config(
        _in_one_line(app),
        http=guarded_protocol(connections),
        ws="none",
        host=host,
        port=port,
        log_level=log_level,
        server_header=False,
        log_config=None,  # logs.py has configured it
        timeout_graceful_shutdown=ANSWER_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        proxy_headers=False,  # api/middleware/address.py reads them
    )
    server = Server(config, app)
    # At the end uvicorn raises the signal once more: Python would make an exception of this one.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        server.run(sockets)
    finally:
        signal.signal(signal.SIGINT, before)
        for one in sockets:
            one.close()
    if not server.started:
        sys.exit(FAILED_TO_START)


def _in_one_line(app: FastAPI) -> ASGIApp:
    """The app, which tells a start that failed on its data by its one line rather than by a trace."""

    async def with_reason(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_reason(message: Message) -> None:
            reason: Any = getattr(app.state, "unusable", None)
            if message["type"] == "lifespan.startup.failed" and isinstance(reason, UnusableData):
                message = {**message, "message": str(reason)}
            await send(message)

        await app(scope, receive, send_reason if scope["type"] == "lifespan" else send)

    return with_reason
