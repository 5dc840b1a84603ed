"""Every route of the REST API and its reference, in one list."""

from fastapi import FastAPI
from starlette.routing import Route

from imagestudio.api import again, docs, files, health, images, jobs, keeping, models, usage, webhooks
from imagestudio.api.unknown import Unknown

ROUTERS = (
    images.router,
    models.router,
    jobs.router,
    again.router,
    webhooks.router,
    files.router,
    keeping.router,
    usage.router,
    health.router,
    docs.router,
)


def add_api(app: FastAPI) -> None:
    """Serve the API. Its handlers find `studio` and `settings` in the app's state."""
    for router in ROUTERS:
        app.include_router(router)
    known = [route for router in ROUTERS for route in router.routes]
    app.router.routes.append(Route("/api/{rest:path}", Unknown(known)))
