"""The page's way to lend the studio provider keys, and to take them back. No answer ever holds one."""

from typing import Any

from fastapi import Request
from pydantic import SecretStr
from starlette.responses import Response

from imagestudio.access.key_vault import OWN_KEYS, read_key
from imagestudio.api.bodies import read_object
from imagestudio.api.page.guard import PRIVATE, page_router, visiting
from imagestudio.api.responses import success
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message

router = page_router()


@router.put("/keys")
async def give_keys(request: Request) -> Response:
    """Hold the keys of the body, by provider; null forgets one. Each is tried by a call that costs nothing:
    `works`, `refused` (then what was held before stays), or `unknown` (it could not be tried; it is held)."""
    studio = visiting(request)
    given = _given(await read_object(request))
    checks = await studio.hold_keys(given)
    return success({"checks": checks, "keys": studio.held_keys()}, headers=PRIVATE)


@router.delete("/keys")
async def forget_keys(request: Request) -> Response:
    """Forget every key of this visitor's. Jobs under way keep the one they were lent, to their end."""
    studio = visiting(request)
    studio.forget_keys()
    return success({"keys": studio.held_keys()}, headers=PRIVATE)


def _given(body: dict[str, Any]) -> dict[str, SecretStr | None]:
    given: dict[str, SecretStr | None] = {}
    for name, value in body.items():
        if name not in OWN_KEYS:
            # Not repeated: a key may have been put where its name belongs.
            raise InvalidParameter(
                Message("page.unknown_key", allowed=list(OWN_KEYS)), allowed=list(OWN_KEYS)
            )
        if value is not None and not isinstance(value, str):
            raise InvalidParameter(Message("page.key_text", field=name), field=name)
        given[name] = None if value is None else read_key(name, value, name)
    return given
