"""Every route that an app has, told by the app itself."""

import re
from collections.abc import Iterator
from typing import Any

from starlette.routing import BaseRoute, Mount

PARAMETER = re.compile(r"\{[^}]*\}")


def routes(app: Any) -> list[tuple[str, str]]:
    """Methods and paths, Gradio's included, with something in place of their parameters."""
    found = {(method, PARAMETER.sub("x", path)) for method, path in _walk(app.router.routes, "")}
    return sorted(found)


def gradio_of(app: Any) -> Any:
    """Gradio's own app, the last that is asked."""
    mounted = app.router.routes[-1]
    assert isinstance(mounted, Mount)
    return mounted.app


def _walk(some: list[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for route in some:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _walk(included.routes, prefix)
        elif isinstance(route, Mount):
            yield from (
                _walk(route.routes, prefix + route.path)
                if route.routes
                else [
                    ("GET", f"{prefix}{route.path}/"),
                    ("POST", f"{prefix}{route.path}/"),
                ]
            )
        else:
            # A plain ASGI app under a Route takes every method.
            for method in getattr(route, "methods", None) or ("GET", "POST"):
                yield method, prefix + route.path
