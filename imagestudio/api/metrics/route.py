"""`/metrics`, for Prometheus: open to holders of its token, and on a machine of one's own to that machine."""

from hmac import compare_digest

from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import Response

from imagestudio.api.errors import GuardedRoute
from imagestudio.api.metrics import Requests, exposition
from imagestudio.core.errors import NotFound
from imagestudio.core.settings import Settings, is_loopback

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
"""What proxies add: such a request comes from somewhere else, whatever address it came in by."""

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


def add_metrics(app: FastAPI) -> None:
    """Serve it. `metrics.Counting` fills `requests` of the app's state."""
    app.state.requests = Requests()
    app.include_router(router)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """All figures. To everybody else there is nothing here."""
    if not _may_see(request):
        raise NotFound("There is nothing at this address.")
    state = request.app.state
    snapshot = await state.host.stats.snapshot()
    text = exposition(state.requests.registry, snapshot)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})


def _may_see(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    if token := settings.metrics_token:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        sent = given.strip().encode("latin-1", "replace")
        if scheme.lower() == "bearer" and compare_digest(sent, token.get_secret_value().strip().encode()):
            return True
    if settings.public or any(name in request.headers for name in FORWARDED):
        return False
    return request.client is not None and is_loopback(request.client.host)
