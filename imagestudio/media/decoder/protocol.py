"""What the studio and a decoding process say to each other, over pipes: a few facts, then bytes.

JSON and not pickle: whoever takes over a decoding process may write anything, and it stays data.
"""

import json
import os
import shutil
import struct
from typing import IO, Any

HEAD = struct.Struct(">II")
MAX_FACTS, MAX_BYTES = 64 * 1024, 128 * 1024 * 1024

Facts = dict[str, Any]


class Broken(Exception):
    """The other side is gone, or said what makes no sense."""


def send(pipe: IO[bytes], facts: Facts, data: bytes | IO[bytes] = b"") -> None:
    """Bytes, or all of an open file. Blocking. Raises `OSError` where nobody reads any more."""
    text = json.dumps(facts).encode()
    length = len(data) if isinstance(data, bytes) else os.fstat(data.fileno()).st_size
    pipe.write(HEAD.pack(len(text), length) + text)
    if isinstance(data, bytes):
        pipe.write(data)
    else:
        shutil.copyfileobj(data, pipe)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[Facts, bytes]:
    """Blocking. Raises `Broken`."""
    facts_length, length = HEAD.unpack(_exactly(pipe, HEAD.size))
    if facts_length > MAX_FACTS or length > MAX_BYTES:
        raise Broken(f"a message of {facts_length} and {length} bytes")
    try:
        facts = json.loads(_exactly(pipe, facts_length))
    except ValueError as error:
        raise Broken("facts that are not JSON") from error
    if not isinstance(facts, dict):
        raise Broken("facts that are no object")
    return facts, _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise Broken("the end came too soon")
    return data
