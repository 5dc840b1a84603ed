"""Every route, in one list: the API under /api/v1, the page's own under /visitor, and what is open to all.

The page asks with its cookie and from its own pages only; where the API asks for a key, the page has none.
Its addresses are no part of the reference.
"""

import functools
from collections.abc import Sequence

from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import Route, compile_path
from starlette.types import Receive, Scope, Send

from imagestudio.access.paths import path_of
from imagestudio.api import (
    comparisons,
    deletion,
    docs,
    downloads,
    files,
    generate,
    jobs,
    library,
    models,
    usage,
    visitor,
)
from imagestudio.api.deps import require_access, require_own_page, require_session
from imagestudio.api.openapi import document
from imagestudio.api.query import check_query
from imagestudio.api.responses import PAGE, problem
from imagestudio.core.errors import BadRequest, NotFound
from imagestudio.core.messages import Message
from imagestudio.jobs.document import API

API_ROUTERS = (generate.router, models.router, jobs.router, deletion.router, files.router, files.api_router)
PAGE_ROUTERS = (
    files.router,
    deletion.router,
    jobs.page_router,
    library.router,
    downloads.router,
    comparisons.router,
)
OPEN_ROUTERS = (document.router, docs.router, files.open_router)
"""Opened by people, from links to which mail programs and networks add parameters of their own."""


def add_api(app: FastAPI) -> None:
    """Serve them. The handlers find `studio`, `settings` and `identity` in the app's state."""
    app.state.described = _described()
    app.router.routes.extend(app.state.described.routes)
    docs.add_docs(app)
    app.router.routes.append(Route("/api/{rest:path}", Unknown(api_routes())))


@functools.cache
def _described() -> FastAPI:
    """All routes, and what the reference says of them. The same for every app of a process: to examine each
    handler's parameters takes FastAPI longer than all else of a start without the page."""
    every = FastAPI(title="Image Studio", docs_url=None, redoc_url=None, openapi_url=None)
    access, own_page, session = Depends(require_access), Depends(require_own_page), Depends(require_session)
    query = Depends(check_query)
    for router in API_ROUTERS:
        every.include_router(router, prefix=API, dependencies=[access, query])
    every.include_router(usage.router, dependencies=[access, query])
    every.include_router(models.open_router, dependencies=[query])
    for router in OPEN_ROUTERS:
        every.include_router(router)
    for router in (*PAGE_ROUTERS, visitor.router):
        every.include_router(router, prefix=PAGE, dependencies=[session, query], include_in_schema=False)
    every.include_router(visitor.open_router, dependencies=[own_page, query], include_in_schema=False)
    return every


def api_routes() -> list[tuple[str, set[str]]]:
    """Paths and methods of all that the reference describes."""
    below: list[tuple[str, APIRouter]] = [(API, router) for router in API_ROUTERS]
    below += [("", router) for router in (usage.router, models.open_router, files.open_router)]
    return [
        (prefix + route.path, set(route.methods or ()))
        for prefix, router in below
        for route in router.routes
        if isinstance(route, Route)
    ]


class Unknown:
    """What no route serves under /api: 404 in JSON, before the page could answer with HTML, or 405 with what
    is allowed where the path is one of `routes`."""

    def __init__(self, routes: Sequence[tuple[str, set[str]]]) -> None:
        self._routes = [(compile_path(path)[0], methods) for path, methods in routes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = path_of(scope)
        allowed = sorted({method for known, names in self._routes if known.match(path) for method in names})
        if allowed:
            error = BadRequest(Message("request.only_methods", allowed=allowed), allowed=allowed)
            answer = problem(error, 405, {"Allow": ", ".join(allowed)})
        else:
            answer = problem(NotFound(Message("request.nothing_here")))
        await answer(scope, receive, send)
