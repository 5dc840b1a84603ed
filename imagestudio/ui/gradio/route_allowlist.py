"""Which of Gradio's own addresses are open: what the page and gradio_client need, and no others.

Relies on Gradio's routes being the ones listed here: a test counts them, and names those that are new.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from imagestudio.access.paths import path_of
from imagestudio.api.middleware.error_response import refusal
from imagestudio.core.errors import NotFound
from imagestudio.core.messages import Message

READ = ("GET", "HEAD")
OPEN: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (READ, re.compile(r"/")),
    (READ, re.compile(r"/(static|assets)/.+")),
    (READ, re.compile(r"/(theme\.css|favicon\.ico|manifest\.json|pwa_icon|robots\.txt)")),
    (READ, re.compile(r"/config/?")),
    (READ, re.compile(r"/gradio_api/(info/?|app_id/?|queue/data|queue/status|heartbeat/[^/]+)")),
    (READ, re.compile(r"/gradio_api/call/(v2/)?[^/]+/[^/]+")),
    (("POST",), re.compile(r"/gradio_api/(queue/join|cancel|reset/?|call/(v2/)?[^/]+/?)")),
)
LOGIN = (("GET",), re.compile(r"/(login/huggingface|login/callback|logout)"))
"""Gradio's login with Hugging Face."""


def is_open(method: str, path: str, *, login: bool) -> bool:
    """Whether Gradio may answer this. Files and uploads are not among it: `ui/files.py` serves those."""
    doors = (*OPEN, LOGIN) if login else OPEN
    return any(method in methods and pattern.fullmatch(path) for methods, pattern in doors)


class RouteAllowlist:
    """In front of Gradio's app. Closed are, among others, its proxy, its direct calls that pass the queue by,
    server functions of components, monitoring, deep links and recordings."""

    def __init__(self, app: ASGIApp, login: bool = False) -> None:
        self._app = app
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what is open."""
        open_ = scope["type"] == "http" and is_open(scope["method"], path_of(scope), login=self._login)
        if scope["type"] == "lifespan" or open_:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            error = NotFound(Message("request.nothing_here"))
            await refusal(scope, error)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})
