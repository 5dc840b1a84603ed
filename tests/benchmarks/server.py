"""The studio's own application as a process, its providers elsewhere: `python -m tests.benchmarks.server`.

Served as the command serves it, without the page unless that is asked for by `page`: it shares nothing with a
REST call but memory. `/_held` tells the longest that the event loop was held since it was last asked.
"""

import sys

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from imagestudio.core import log as logs
from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from imagestudio.server.serve import serve
from tests.benchmarks.loop_watch import Watch


class Watched:
    """The application, and one more address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._watch = Watch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/_held":
            await JSONResponse(self._watch.read())(scope, receive, send)
        else:
            await self._app(scope, receive, send)


if __name__ == "__main__":
    settings = load_settings()
    logs.configure(settings)
    app = create_app(settings, with_page="page" in sys.argv)
    app.add_middleware(Watched)
    serve(app, "127.0.0.1", settings.server_port)
