"""The whole route table, as the application itself has it: ours, Gradio's, and what is mounted."""

import re
from collections.abc import Iterator
from typing import Any

from starlette.routing import BaseRoute, Mount

PARAMETER = re.compile(r"\{([a-z_]+)(?::[a-z]+)?\}")
SENDING = ("POST", "PUT", "DELETE")


def table(app: Any) -> list[tuple[str, str]]:
    """Every method and path, parameters in braces."""
    return sorted(set(_walk(app.router.routes, "")))


def _walk(routes: list[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for route in routes:
        inner = getattr(route, "original_router", route)
        path = prefix + getattr(route, "path", "")
        if getattr(inner, "routes", None):
            yield from _walk(inner.routes, path if isinstance(route, Mount) else prefix)
        else:
            # An application that is mounted, or stands under a path, takes what comes.
            methods = getattr(route, "methods", None) or ("GET", *SENDING)
            yield from ((method, path) for method in methods)
