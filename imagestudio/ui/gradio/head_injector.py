"""What the browser has to know before it draws anything: the page's language, the texts and models in it,
light or dark, and the page's own scripts. Gradio would bring those only once it runs, and its first events
call them. And which of Gradio's files the page needs: it finds out step by step, and much of the time until a
page could be used was spent waiting for the next sixty small ones.

The page does not tell the browser where it is: the browser knows better, whatever a proxy passed on.

Relies on `<head>`, `lang="en"`, `</body>` and the manifest's address in Gradio's page; on the page's own
address in it as JSON, which its scripts resolve against where they got it; on these being modules, which run
in their order; and on its files' names, which have their contents' hashes in them: another version has
others.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import httpx
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagestudio.ui import assets
from imagestudio.ui.locale import texts_for

HEAD, END = b"<head>", b"</body>"
ICON = '<link rel="icon" href="favicon.ico">'
"""Else browsers ask for it at the host's root, which is somebody else's under a prefix."""
MANIFEST = b'href="/manifest.json"'
ENGLISH = b'lang="en"'
PRELOADS = Path(__file__).with_name("preloads.txt")
"""Names by what a page loaded before it could be used; a browser test holds it to that. Gradio's version is
pinned, and another one has other names: those that are not there are left out."""


class HeadInjector:
    """In front of Gradio's app: adds them to its page. `data` has the elements to add, by language."""

    def __init__(self, app: ASGIApp, data: Mapping[str, bytes]) -> None:
        self._app = app
        self._data = data

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a page with them; everything else passes."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].endswith("/"):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        parts: list[bytes] = []

        async def adding(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message if _is_page(message) else None
                if start is None:
                    await send(message)
            elif start is None:
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    page = self._with_head(b"".join(parts), scope)
                    MutableHeaders(scope=start)["Content-Length"] = str(len(page))
                    await send(start)
                    await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, adding)

    def _with_head(self, page: bytes, scope: Scope) -> bytes:
        language = texts_for(Headers(scope=scope).get("accept-language", "")).language
        # In the page itself: the browser would stop and wait for a file. The nonce is added where the policy
        # is; the data comes last, for nothing waits for it. Modules run in their order: ours before Gradio's.
        prefix = scope.get("root_path", "")
        base = f'<base href="{prefix}/">' if prefix else ""
        first = f"{base}{ICON}<script>{_script()}</script>{assets.scripts()}".encode() + _preloads()
        named = page.replace(ENGLISH, f'lang="{language}"'.encode(), 1).replace(HEAD, HEAD + first, 1)
        named = named.replace(MANIFEST, MANIFEST.replace(b"/", b"", 1), 1).replace(
            _own_address(scope), b'"."'
        )
        before, end, after = named.rpartition(END)
        return before + self._data[language] + end + after


def _own_address(scope: Scope) -> bytes:
    """As Gradio writes it."""
    return f'"{httpx.URL(str(HTTPConnection(scope).base_url).rstrip("/"))}"'.encode()


def _is_page(message: Message) -> bool:
    headers = MutableHeaders(scope=message)
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers


@cache
def _script() -> str:
    return (assets.STATIC / "first.js").read_text()


@cache
def _preloads() -> bytes:
    """Links that have them fetched at once."""
    there = files("gradio") / "templates" / "frontend" / "assets"
    return "".join(map(_link, (name for name in preload_names() if (there / name).is_file()))).encode()


def preload_names() -> list[str]:
    """The files' names, in the order in which they are needed."""
    return PRELOADS.read_text().split()


def _link(name: str) -> str:
    how = 'rel="modulepreload"' if name.endswith(".js") else 'rel="preload" as="style"'
    return f'<link {how} href="assets/{name}" crossorigin>'
