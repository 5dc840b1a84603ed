"""Serving until a signal ends it, and being gone within ten seconds of it."""

import gc
import socket
import sys

import uvicorn
from fastapi import FastAPI

from imagestudio.studio.host import Host

ANSWER_S = 1
"""Seconds that open answers may take to their end, once told. Streams without an end are cut then."""
KEEP_ALIVE_S = 75
"""Seconds that a connection may idle: longer than clients and proxies keep one by default (60 at most), so
that none is closed under a request that is on its way. uvicorn's own 5 reset some of a crowd's."""
FAILED_TO_START = 3
"""The exit status, as uvicorn's own."""


class Server(uvicorn.Server):
    """Tells the studio as soon as the end is asked for. uvicorn would do so only once the last connection
    has closed: who waits for a picture would hold it up, and be cut off without the job's address."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start. What is there by then stays to the end, so the garbage collector need not look through it:
        Gradio's modules and page are a million objects, and each full collection held the event loop."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer, close the connections, then the studio: its own time runs from here."""
        host: Host | None = getattr(self._app.state, "host", None)
        if host is not None:
            host.lifespan.leave()
        await super().shutdown(sockets)


def serve(app: FastAPI, host: str, port: int, log_level: str = "info") -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level=log_level,
        log_config=None,  # logs.py has configured it
        timeout_graceful_shutdown=ANSWER_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        # What a proxy says decides whether addresses begin with https, and whose calls are counted together.
        forwarded_allow_ips=app.state.settings.forwarded_allow_ips,
    )
    server = Server(config, app)
    server.run()
    if not server.started:
        sys.exit(FAILED_TO_START)
