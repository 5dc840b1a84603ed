"""The studio as `python app.py` serves it, with its tongue loosened: its log tells everything that it and its
libraries have to say, each answer is written down, and its webhooks reach a receiver on this machine."""

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.cli import serve
from imagestudio.core import log as logs
from imagestudio.core.settings import Settings, load_settings
from imagestudio.net import Fetcher
from imagestudio.server.create import create_app
from imagestudio.server.serve import serve as serve_app
from imagestudio.server.wiring import open_host
from imagestudio.studio.host import Host
from tests.net.conftest import PUBLIC, Internet, Names

RECEIVER = "receiver.example"
EVERYTHING = 5
"""uvicorn's level for each message: below DEBUG."""

log = logging.getLogger(__name__)


class Recording:
    """Writes each answer into two files of a folder: its status and headers, and its body. What came is told
    to the log with all its headers, as careless libraries do."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._folder = folder
        self._numbers = count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = f"{os.getpid()}-{next(self._numbers)}"
        log.debug("%s came with %r", name, scope["headers"])
        # Asked for as it is: what is compressed could be read only once it is whole.
        plain = [one for one in scope["headers"] if one[0] != b"accept-encoding"]

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                lines = [f"{scope['method']} {scope['path']} {message['status']}".encode()]
                lines += [b": ".join(pair) for pair in message.get("headers", [])]
                (self._folder / f"{name}.head").write_bytes(b"\n".join(lines))
            elif body := message.get("body"):
                with (self._folder / f"{name}.body").open("ab") as file:
                    file.write(body)
            await send(message)

        await self._app({**scope, "headers": plain}, receive, noting)


def loosen() -> None:
    """Every logger writes everything."""
    root = logging.getLogger()
    root.setLevel(EVERYTHING)
    for name in root.manager.loggerDict:
        logging.getLogger(name).setLevel(EVERYTHING)


def main(answers: Path, receiver: int) -> None:
    """Serve until killed."""
    settings = load_settings()
    serve.prepare(settings)

    @asynccontextmanager
    async def opening(settings: Settings) -> AsyncIterator[Host]:
        names = Names()
        names.answers[RECEIVER] = [[PUBLIC]]
        fetcher = Fetcher(resolver=names, dialer=Internet(receiver, receiver))
        async with open_host(settings, fetcher=fetcher) as host:
            yield host
        await fetcher.aclose()

    app = create_app(settings, opening=opening)
    logs.configure(settings, level=EVERYTHING)
    loosen()
    app.add_middleware(Recording, folder=answers)
    serve_app(app, settings.server_name, settings.server_port, log_level="trace")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
