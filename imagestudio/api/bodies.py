"""JSON bodies, read with suspicion: counted while they stream, bounded before they are parsed, and no value
that JSON does not have."""

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

from fastapi import Request
from starlette.types import Message as Event
from starlette.types import Scope

from imagestudio.access.identity import asker_of
from imagestudio.catalog.validation import excerpt, shown_name
from imagestudio.core.errors import BadRequest, PayloadTooLarge, StudioError
from imagestudio.core.messages import Message
from imagestudio.core.turns import SharedThreads

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a body: a picture of 20 MiB as base64, and some."""
MAX_TEXT = 256 * 1024
"""Bytes of a body beside its pictures: a prompt of 10,000 characters, each an escape of twelve, and some. A
body of more bytes is parsed off the event loop."""
WRITTEN_AT_ONCE = 1024 * 1024
"""Bytes of a large body that comes."""
MAX_VALUES = 2_000
"""Values and names of a body; the largest that the studio's own page sends has 500."""
MAX_DEPTH = 20
MAX_DIGITS = 400
MAX_WAITING = 16
"""Large bodies that wait for their turn."""
PICTURES = frozenset({b"image_url", b"image", b"url", b"path"})
"""Fields that may hold a picture as text."""
DATA_URI = b"data:"
"""What a picture as text begins with where it has no name: Gradio's values are known by their place."""
NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

Reader = Callable[[bytes], Any]
T = TypeVar("T")


async def read_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises `BadRequest`, `PayloadTooLarge` or `ModelUnavailable`."""
    fields: dict[str, Any] = await read_in_turn(bounded(request), parse_object)
    return fields


async def read_in_turn(request: Request, read: Reader) -> Any:
    """What `read`, which begins with `parse_object`, makes of a request's body: at once of a small one; of a
    large one, which lies on disk until then, in a thread, one at a time. Raises `ModelUnavailable`,
    `ClientDisconnect`, and what `read` raises."""
    parts, begun = request.stream(), bytearray()
    async for part in parts:
        begun += part
        if len(begun) > MAX_TEXT:
            break
    else:
        return _read(read, bytes(begun))
    write = partial(asyncio.get_running_loop().run_in_executor, _disk)
    with await write(TemporaryFile) as file:
        async for part in parts:
            if len(begun) >= WRITTEN_AT_ONCE:
                await write(file.write, begun)
                begun = bytearray()
            begun += part
        await write(file.write, begun)
        return await _large.run(asker_of(request.scope), partial(_read_file, file, read))


def _read_file(file: IO[bytes], read: Reader) -> Any:
    file.seek(0)
    return _read(read, file.read())


def _read(read: Reader, data: bytes) -> Any:
    """What `read` makes of it. A refusal does not keep the body in memory, as its trace and its cause would
    until somebody collects the garbage."""
    try:
        return read(data)
    except StudioError as error:
        del data
        refused = error.with_traceback(None)
    refused.__cause__ = refused.__context__ = None
    raise refused


async def work_in_turn(scope: Scope, work: Callable[[], T]) -> T:
    """What blocking work gives that is as large as a request makes it. Raises `ModelUnavailable`, and what it
    raises."""
    return await _large.run(asker_of(scope), work)


_disk = ThreadPoolExecutor(2, "spool")
"""Apart from the loop's own threads: bodies that come fast would hold up whoever reads a picture."""
_large = SharedThreads(1, "large-body", room=MAX_WAITING)
"""One, for each body may cost its size several times over."""


def bounded(request: Request, headers: Sequence[tuple[bytes, bytes]] | None = None) -> Request:
    """The same request (with other headers, if given) whose body raises `PayloadTooLarge` at the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > MAX_BODY):
        raise _too_large("request.too_large", MAX_BODY)
    received = 0

    async def receive() -> Event:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY:
            raise _too_large("request.too_large", MAX_BODY)
        return message

    return Request(request.scope if headers is None else {**request.scope, "headers": headers}, receive)


def parse_object(data: bytes) -> dict[str, Any]:
    """A JSON object from bytes, in time and memory that its bytes bound. Raises `BadRequest` or
    `PayloadTooLarge`, which hold nothing of the body but the excerpt of a name."""
    _check_bounds(data)
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
    return value


def _check_bounds(data: bytes) -> None:
    """Whether it is worth parsing, told by a few searches over the bytes. What is no JSON may pass: the
    parser stops where it ends to be JSON, and up to there this has seen what the parser sees."""
    # Without its escaped quotes a string ends at the next quote. What is left out counts as text.
    # Each step here holds the interpreter: a great many replacements would hold it for long.
    plain = data
    for escape in (b"\\\\", b'\\"'):
        plain = plain.replace(escape, b"", MAX_TEXT)
        if len(data) - len(plain) > MAX_TEXT:
            raise _too_large("request.too_much_text", MAX_TEXT)
    if plain.count(b'"') > 4 * MAX_VALUES:  # two for a name and two for a value
        raise _too_many() if len(data) <= MAX_TEXT else _too_large("request.too_much_text", MAX_TEXT)
    parts = plain.split(b'"')
    between, strings = parts[::2], parts[1::2]
    pictures = sum(
        len(string)
        for place, string in enumerate(strings)
        if _is_picture(string, strings[place - 1] if place else b"", between[place])
    )
    if len(data) - pictures > MAX_TEXT:
        raise _too_large("request.too_much_text", MAX_TEXT)
    marks = b"".join(between)
    if sum(map(marks.count, (b"[", b"{", b","))) > MAX_VALUES:
        raise _too_many()
    if _depth(marks) > MAX_DEPTH:
        raise _too_deep()


def _is_picture(string: bytes, before: bytes, between: bytes) -> bool:
    return string[: len(DATA_URI)].lower() == DATA_URI or (before in PICTURES and between.strip() == b":")


def _depth(marks: bytes) -> int:
    depth = deepest = 0
    for mark in marks.translate(None, NO_BRACKETS):
        depth += 1 if mark in b"[{" else -1
        deepest = max(deepest, depth)
        if depth < 0:  # more are closed than were opened: the parser stops here
            break
    return deepest


def _no_constant(name: str) -> float:
    raise BadRequest(Message("request.field_not_json", name=name))


def _integer(digits: str) -> int:
    # Python refuses to convert thousands of digits; cut, such a number is still out of every bound.
    return int(digits[:MAX_DIGITS])


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise BadRequest(Message("request.twice", field=excerpt(name)), field=shown_name(name))
        fields[name] = value
    return fields


def _too_large(sentence: str, most: int) -> PayloadTooLarge:
    return PayloadTooLarge(Message(sentence, most=most), allowed={"maxBytes": most})


def _too_deep() -> BadRequest:
    return BadRequest(Message("request.too_deep", most=MAX_DEPTH))


def _too_many() -> BadRequest:
    return BadRequest(Message("request.too_many_values", most=MAX_VALUES))
