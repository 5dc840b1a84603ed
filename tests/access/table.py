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
        included = getattr(route, "original_router", None)
        path = prefix + getattr(route, "path", "")
        if included is not None:
            yield from _walk(included.routes, prefix + route.include_context.prefix)  # type: ignore[attr-defined]
        elif isinstance(route, Mount) and route.routes:
            yield from _walk(route.routes, path)
        else:
            # An application that is mounted, or stands under a path, takes what comes.
            methods = getattr(route, "methods", None) or ("GET", *SENDING)
            yield from ((method, path) for method in methods)
