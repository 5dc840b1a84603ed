"""The page's way to lend the studio provider keys, and to take them back. No answer ever holds one."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import SecretStr
from starlette.responses import Response

from imagestudio.api.access import studio_of
from imagestudio.api.answers import success
from imagestudio.api.bodies import read_object
from imagestudio.api.problems import GuardedRoute
from imagestudio.errors import InvalidParameter, Unauthorized
from imagestudio.studio import Studio
from imagestudio.vault import OWN_KEYS, read_key

KEYS = "/visitor/keys"
PRIVATE = {"Cache-Control": "no-store"}

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)


@router.put(KEYS)
async def give_keys(request: Request) -> Response:
    """Hold the keys of the body, by provider; null forgets one. Each is tried by a call that costs nothing:
    `works`, `refused` (then it is not held), or `unknown` (it could not be tried; it is held anyway)."""
    studio = _studio(request)
    given = _given(await read_object(request))
    checks = await studio.own_keys.give(studio.visitor, given)
    held = {**studio.own_keys.held(studio.visitor), **{name: key is not None for name, key in given.items()}}
    held |= {name: False for name, check in checks.items() if check == "refused"}
    return success({"checks": checks, "keys": held}, headers=PRIVATE)


@router.delete(KEYS)
async def forget_keys(request: Request) -> Response:
    """Forget every key of this visitor's. Jobs under way keep the one they were lent, to their end."""
    studio = _studio(request)
    studio.own_keys.forget(studio.visitor)
    return success({"keys": dict.fromkeys(OWN_KEYS, False)}, headers=PRIVATE)


def _studio(request: Request) -> Studio:
    studio = studio_of(request)
    if studio.visitor.kind == "nobody":
        raise Unauthorized("Keys are held for a page's visitor: this request has no session.")
    return studio


def _given(body: dict[str, Any]) -> dict[str, SecretStr | None]:
    given: dict[str, SecretStr | None] = {}
    for name, value in body.items():
        if name not in OWN_KEYS:
            # Not repeated: a key may have been put where its name belongs.
            raise InvalidParameter(
                f"There is a key of no known name. Known are {', '.join(OWN_KEYS)}.", allowed=list(OWN_KEYS)
            )
        if value is not None and not isinstance(value, str):
            raise InvalidParameter(f"{name} must be a text, or null to forget it.", field=name)
        given[name] = None if value is None else read_key(name, value, name)
    return given
