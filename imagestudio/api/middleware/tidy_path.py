"""Addresses with a slash too many are served as if it were not there: where a base URL ends with one, say."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from imagestudio.access.paths import path_of

SLASHES = re.compile(r"//+")
OWN = re.compile(
    r"/|/(api/.+|visitor|shared|docs|openapi\.json|metrics|gradio_api/(mcp|call|info|upload|queue))(/.*)?"
)
"""The addresses of the studio's, and those of Gradio's that programs call."""
SLASH_MEANS = re.compile(r"/|/(gradio_api|docs)/.*")
"""What serves these takes a slash at the end as it means something there."""


class TidyPath:
    """Before every guard, so that each sees the address that is served."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the address without needless slashes."""
        if scope["type"] == "http" and (tidy := _tidied(path_of(scope))) != (path := path_of(scope)):
            scope = {**scope, "path": scope["path"].removesuffix(path) + tidy}
        await self._app(scope, receive, send)


def _tidied(path: str) -> str:
    single = SLASHES.sub("/", path)
    if not OWN.fullmatch(single):
        return path
    return single if SLASH_MEANS.fullmatch(single) else single.removesuffix("/")
