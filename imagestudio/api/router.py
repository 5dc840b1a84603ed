"""Every route of the REST API and its reference, in one list."""

from fastapi import FastAPI
from starlette.routing import Route

from imagestudio.api import again, files, health, jobs, keeping, models, shared, usage, webhooks
from imagestudio.api import generate as images
from imagestudio.api import page as visitor
from imagestudio.api.not_found import Unknown
from imagestudio.api.openapi import routes as docs

ROUTERS = (
    images.router,
    models.router,
    jobs.router,
    again.router,
    webhooks.router,
    files.router,
    keeping.router,
    shared.router,
    usage.router,
    health.router,
    docs.router,
    shared.open_router,
)


def add_api(app: FastAPI) -> None:
    """Serve the API, and the page's own addresses, which are no part of the reference. The handlers find
    `studio`, `settings` and `identity` in the app's state."""
    for router in (*ROUTERS, *visitor.ROUTERS):
        app.include_router(router)
    known = [route for router in ROUTERS for route in router.routes]
    app.router.routes.append(Route("/api/{rest:path}", Unknown(known)))
