"""The studio's own application as a process, its providers elsewhere: `python -m tests.benchmarks.server`.

Without the page: it shares nothing with a REST call but memory. `/_held` tells the longest that the event
loop was held since it was last asked, in seconds.
"""

import asyncio
import time
from typing import Any

import uvicorn
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from imagestudio.server import create_app
from imagestudio.settings import load_settings

BEAT_S = 0.002


class Watch:
    """Goes by at every beat, and notes how late it was."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._task: asyncio.Task[None] | None = None

    def read(self) -> float:
        """The longest delay since the last call; the first one starts the watch."""
        self._task = self._task or asyncio.create_task(self._beat())
        longest, self.longest = self.longest, 0.0
        return longest

    async def _beat(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(BEAT_S)
            self.longest = max(self.longest, time.monotonic() - began - BEAT_S)


def watched(app: Any, watch: Watch) -> Any:
    """The application, and one more address."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/_held":
            await JSONResponse(watch.read())(scope, receive, send)
        else:
            await app(scope, receive, send)

    return asgi


if __name__ == "__main__":
    settings = load_settings()
    app = watched(create_app(settings, with_page=False), Watch())
    uvicorn.run(app, port=settings.server_port, forwarded_allow_ips="*")
