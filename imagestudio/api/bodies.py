"""JSON bodies, read with suspicion: counted while they stream, and no value that JSON does not have."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from starlette.types import Message as Event

from imagestudio.catalog.validation import excerpt
from imagestudio.core.errors import BadRequest, PayloadTooLarge
from imagestudio.core.messages import Message

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a body: a picture of 20 MiB as base64, and some."""
SMALL = 16 * 1024
"""Bytes that are parsed where they are: a trip to a thread takes longer."""
MAX_DEPTH = 20
MAX_DIGITS = 400


async def read_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises `BadRequest` or `PayloadTooLarge`."""
    data = await bounded(request).body()
    return parse_object(data) if len(data) <= SMALL else await asyncio.to_thread(parse_object, data)


def bounded(request: Request, headers: Sequence[tuple[bytes, bytes]] | None = None) -> Request:
    """The same request (with other headers, if given) whose body raises `PayloadTooLarge` at the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > MAX_BODY):
        raise _too_large()
    received = 0

    async def receive() -> Event:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY:
            raise _too_large()
        return message

    return Request(request.scope if headers is None else {**request.scope, "headers": headers}, receive)


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(
        Message("request.too_large", most=MAX_BODY),
        allowed={"maxBytes": MAX_BODY},
    )


def parse_object(data: bytes) -> dict[str, Any]:
    """A JSON object from bytes. Blocking on large ones. Raises `BadRequest`."""
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            parse_constant=_no_constant,
            parse_int=_integer,
            object_pairs_hook=_fields,
        )
    except UnicodeDecodeError as error:
        raise BadRequest(Message("request.not_utf8")) from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise BadRequest(Message("request.not_json", reason=str(error))) from error
    if not isinstance(value, dict):
        raise BadRequest(Message("request.not_object"))
    _check_depth(value)
    return value


def _no_constant(name: str) -> float:
    raise BadRequest(Message("request.field_not_json", name=name))


def _integer(digits: str) -> int:
    # Python refuses to convert thousands of digits; cut, such a number is still out of every bound.
    return int(digits[:MAX_DIGITS])


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(Message("request.twice", field=excerpt(twice)), field=excerpt(twice))
    return fields


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise _too_deep()


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> BadRequest:
    return BadRequest(Message("request.too_deep", most=MAX_DEPTH))
