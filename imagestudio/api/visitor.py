"""Who the page's visitor is, what there is for them to know, and the keys that they enter or bring."""

from dataclasses import replace
from typing import Any, Literal, get_args

from fastapi import APIRouter, Request
from pydantic import SecretStr
from starlette.responses import Response

from imagestudio.access.cookie import Session, new_session
from imagestudio.access.identity import Identity
from imagestudio.access.key_vault import OWN_KEYS, read_key
from imagestudio.api.bodies import read_object
from imagestudio.api.deps import count_key_check, require_session, studio_of
from imagestudio.api.query import takes
from imagestudio.api.responses import GuardedRoute, language_of, private
from imagestudio.core.data_dir import DataFolder
from imagestudio.core.errors import InvalidApiKey, InvalidParameter, MissingField
from imagestudio.core.messages import Message, render
from imagestudio.core.request import Task
from imagestudio.core.settings import Settings
from imagestudio.providers import PROVIDERS
from imagestudio.store.jobs import JobFilter
from imagestudio.studio.service import Studio

Notice = Literal["no_lasting_storage", "no_keys_for_guests", "found_by_cookie"]
"""no_lasting_storage: every picture is lost at a restart. no_keys_for_guests: the server's keys are not
theirs. found_by_cookie: what they make is found by this browser's cookie only."""
TASKS: dict[str, Task] = {task: task for task in get_args(Task)}
JOBS = 200
"""That many of the latest jobs are looked through."""
PROMPTS = 50

open_router = APIRouter(route_class=GuardedRoute)
"""Asked by whoever is nobody yet as well."""
router = APIRouter(route_class=GuardedRoute)


@open_router.get("/visitor")
async def read_visitor(request: Request) -> Response:
    """Who this is, which own keys are at hand, and what there is to know."""
    studio = studio_of(request)
    settings: Settings = request.app.state.settings
    identity: Identity = request.app.state.identity
    visitor = studio.visitor
    return private(
        {
            "kind": visitor.kind,
            "name": visitor.name,
            "demo": studio.demo,
            "demo_forced": studio.demo_forced,
            "models": _models(studio, language_of(request.scope)),
            "providers": _providers(),
            "today_usd": await studio.spent_today(),
            "keys": studio.available_keys(),
            "takes_api_keys": await identity.ring.has_keys(),
            "takes_logins": settings.logins,
            "notices": _notices(studio, settings, request.app.state.place),
        }
    )


def _notices(studio: Studio, settings: Settings, place: DataFolder) -> list[Notice]:
    """In the order of their weight."""
    known: list[tuple[Notice, bool]] = [
        ("no_lasting_storage", not place.durable),
        ("no_keys_for_guests", studio.withholds_keys),
        ("found_by_cookie", studio.visitor.kind == "session"),
    ]
    return [notice for notice, holds in known if holds]


def _models(studio: Studio, language: str) -> dict[str, Any]:
    """By model, whether it runs for this visitor now, and what is missing where it does not."""
    return {
        view.spec.id: {
            "can_run": view.can_run,
            "set": view.set,
            "message": render(view.missing, language) if view.missing else None,
        }
        for view in studio.models()
    }


def _providers() -> list[dict[str, str]]:
    """Whose keys a visitor may bring, and where people make them."""
    return [
        {"id": name, "name": kind.title, "variable": kind.key_variables[0], "page": kind.key_page}
        for name, kind in PROVIDERS.items()
    ]


@open_router.put("/visitor/access")
async def enter_key(request: Request) -> Response:
    """Become the holder of the body's `key`: `{"key": "…"}`. The cookie remembers who, not the key."""
    identity: Identity = request.app.state.identity
    key = _key(await read_object(request))
    count_key_check(request, "studio")
    holder = await identity.ring.find(key)
    if holder is None:
        raise InvalidApiKey(Message("access.bad_key"))
    await _remember(request, holder.owner)
    return private({"kind": holder.kind, "name": holder.name})


@open_router.delete("/visitor/access")
async def leave_key(request: Request) -> Response:
    """Be the cookie's session again."""
    await _remember(request, None)
    return private({})


@router.post("/session/end")
async def end_session(request: Request) -> Response:
    """End the cookie that this browser has, wherever copies of it are; with `{"everywhere": true}` also the
    browsers in which the same API key was entered, or the same account logged in. This browser is a new
    visitor then: what a session alone made is found by nobody any more."""
    everywhere = (await read_object(request)).get("everywhere")
    if not isinstance(everywhere, bool):
        raise InvalidParameter(Message("page.everywhere"), field="everywhere", allowed=[True, False])
    studio, state = studio_of(request), request.scope["state"]
    session: Session | None = state["session"]
    if session is None:
        raise InvalidParameter(Message("page.access_unneeded"))
    owner, identity = studio.visitor.owner, request.app.state.identity
    studio.forget_keys()
    # A session that holds nothing is simply left: strangers make as many as they like, and each end is kept.
    holds = studio.visitor.kind != "session" or await studio.jobs(1)
    subjects = [f"session:{session.id}"] if holds else []
    if everywhere and studio.visitor.kind != "session":
        subjects.append(owner)
    await identity.ends.end(*subjects)
    state["session"] = new_session()
    return private({})


def _key(body: dict[str, object]) -> str:
    key = body.get("key") or ""
    if not isinstance(key, str):
        raise InvalidParameter(Message("page.access_text"), field="key")
    if not key.strip():
        raise MissingField(Message("page.access_missing"), field="key")
    return key.strip()


async def _remember(request: Request, owner: str | None) -> None:
    await require_session(request)
    state = request.scope["state"]
    session: Session | None = state["session"]
    if session is None:
        raise InvalidParameter(Message("page.access_unneeded"))
    state["session"] = replace(session, key=owner, set=True)


@router.put("/keys")
async def give_keys(request: Request) -> Response:
    """Hold the keys of the body, by provider; null forgets one. Each is tried by a call that costs nothing:
    `works`, `refused` (then what was held before stays), or `unknown` (it could not be tried; it is held)."""
    studio = studio_of(request)
    keys = _keys(await read_object(request))
    if any(keys.values()):
        count_key_check(request, "provider")
    checks = await studio.hold_keys(keys)
    return private({"checks": checks, "keys": studio.held_keys()})


@router.delete("/keys")
async def forget_keys(request: Request) -> Response:
    """Forget every key of this visitor's. Jobs under way keep the one they were lent, to their end."""
    studio = studio_of(request)
    studio.forget_keys()
    return private({"keys": studio.held_keys()})


def _keys(body: dict[str, Any]) -> dict[str, SecretStr | None]:
    keys: dict[str, SecretStr | None] = {}
    for name, value in body.items():
        if name not in OWN_KEYS:
            # Not repeated: a key may have been put where its name belongs.
            raise InvalidParameter(
                Message("page.unknown_key", allowed=list(OWN_KEYS)), allowed=list(OWN_KEYS)
            )
        if value is not None and not isinstance(value, str):
            raise InvalidParameter(Message("page.key_text", field=name), field=name)
        keys[name] = None if value is None else read_key(name, value, name)
    return keys


@router.get("/prompts")
@takes("task")
async def read_prompts(request: Request) -> Response:
    """The latest prompts of the query's `task`, newest first, each once; at most fifty."""
    task = TASKS.get(request.query_params.get("task", ""))
    if task is None:
        raise InvalidParameter(Message("page.task"), field="task", allowed=list(TASKS))
    jobs = await studio_of(request).jobs(JOBS, filters=JobFilter(task=task))
    prompts = list(dict.fromkeys(job.prompt for job in jobs))
    return private({"prompts": prompts[:PROMPTS]})
