"""The page's own scripts: plain ES modules in `static/`, under an address that changes with their content."""

import hashlib
import re
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
IMPORT = re.compile(r'^(?:import|\}) .*from "\./([\w-]+\.js)";$', re.MULTILINE)
FOR_EVER = "public, max-age=31536000, immutable"


class _Unchanging(StaticFiles):
    """Files that a browser asks for once: another content has another address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = FOR_EVER
        return response


@cache
def folder() -> str:
    """The path below the studio's origin, one name for all files, so that they can import each other."""
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    contents = b"".join(str(path.relative_to(STATIC)).encode() + path.read_bytes() for path in files)
    return f"page/{hashlib.sha256(contents).hexdigest()[:16]}"


@cache
def scripts() -> str:
    """What has the page load `main.js`, and at once with it the modules that it imports first."""
    links = "".join(f'<link rel="modulepreload" href="{folder()}/{name}">' for name in _imported("main.js"))
    return f'{links}<script type="module" src="{folder()}/main.js"></script>'


def _imported(name: str) -> list[str]:
    """All modules that a module imports, and those that these import, without itself."""
    names: list[str] = []
    waiting = [name]
    while waiting:
        found = IMPORT.findall((STATIC / waiting.pop()).read_text())
        new = [one for one in found if one not in names]
        names += new
        waiting += new
    return names


def route() -> Mount:
    """What serves them."""
    return Mount(f"/{folder()}", _Unchanging(directory=STATIC))
