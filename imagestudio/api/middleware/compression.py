"""The page and the studio's own scripts go out compressed; nothing else does that this middleware sees.

An answer that holds a secret and repeats what was asked tells the secret by its compressed length to whoever
can make a browser ask (BREACH). So these are named: they hold nothing of anybody's, and the page's nonce is
good for one answer. Gradio compresses its assets itself.
"""

import re

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from imagestudio.access.paths import path_of

COMPRESSED = re.compile(r"/|/docs|/openapi\.json|/page/[0-9a-f]+/[^/]+")
LEAST = 1_000
"""Bytes of what is worth it."""
LEVEL = 6
"""Of gzip: a quarter of the page's bytes is left; more effort saves no more than some hundred."""


class Compression:
    """The outermost: it sees answers as they leave."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressing = GZipMiddleware(app, minimum_size=LEAST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, compressed where it is on the list and the client takes it."""
        is_listed = (
            scope["type"] == "http" and scope["method"] == "GET" and COMPRESSED.fullmatch(path_of(scope))
        )
        await (self._compressing if is_listed else self._app)(scope, receive, send)
