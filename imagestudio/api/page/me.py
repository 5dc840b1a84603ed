"""Who the page's visitor is, and becoming the holder of one of the studio's API keys."""

from dataclasses import replace

from fastapi import Request
from starlette.responses import Response

from imagestudio.access.cookie import Session
from imagestudio.access.identity import Identity
from imagestudio.api.bodies import read_object
from imagestudio.api.deps import studio_of
from imagestudio.api.errors import language_of
from imagestudio.api.page.guard import PRIVATE, page_router, visiting
from imagestudio.api.page.me_views import models_view, providers_view, today_usd
from imagestudio.api.page.notices import notices
from imagestudio.api.responses import success
from imagestudio.core.errors import InvalidApiKey, InvalidParameter, MissingField
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings

router = page_router()


@router.get("")
async def read_visitor(request: Request) -> Response:
    """Who this is, which own keys are at hand, and what there is to know."""
    studio = studio_of(request)
    settings: Settings = request.app.state.settings
    identity: Identity = request.app.state.identity
    visitor = studio.visitor
    return success(
        {
            "kind": visitor.kind,
            "name": visitor.name,
            "demo": studio.demo,
            "demo_forced": studio.demo_forced,
            "models": models_view(studio, language_of(request.scope)),
            "providers": providers_view(),
            "today_usd": await today_usd(studio),
            "keys": studio.available_keys(),
            "takes_api_keys": await identity.ring.asked(),
            "takes_logins": settings.logins,
            "notices": notices(studio, settings, request.app.state.place),
        },
        headers=PRIVATE,
    )


@router.put("/access")
async def enter_key(request: Request) -> Response:
    """Become the holder of the body's `key`: `{"key": "…"}`. The cookie remembers who, not the key."""
    identity: Identity = request.app.state.identity
    key = _key(await read_object(request))
    holder = await identity.ring.find(key)
    if holder is None:
        raise InvalidApiKey(Message("access.bad_key"))
    _remember(request, holder.owner)
    return success({"kind": holder.kind, "name": holder.name}, headers=PRIVATE)


@router.delete("/access")
async def leave_key(request: Request) -> Response:
    """Be the cookie's session again."""
    _remember(request, None)
    return success({}, headers=PRIVATE)


def _key(body: dict[str, object]) -> str:
    key = body.get("key") or ""
    if not isinstance(key, str):
        raise InvalidParameter(Message("page.access_text"), field="key")
    if not key.strip():
        raise MissingField(Message("page.access_missing"), field="key")
    return key.strip()


def _remember(request: Request, owner: str | None) -> None:
    visiting(request)
    state = request.scope["state"]
    session: Session | None = state["session"]
    if session is None:
        raise InvalidParameter(Message("page.access_unneeded"))
    state["session"] = replace(session, key=owner, set=True)
