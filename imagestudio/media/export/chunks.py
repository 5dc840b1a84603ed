"""What picture files are made of."""

from collections.abc import Iterator
from dataclasses import dataclass

MOST = 50_000
"""Chunks of a file: one with more is not looked into, its bytes would be all headers."""
MAX_XMP = 1024 * 1024
"""Bytes of an XMP packet: a longer one is neither read nor written."""


class Malformed(ValueError):
    """The file is not built as its format says, so it is better left alone."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk as it lies in the file; `start` to `end` include its header and what belongs behind it."""

    type: bytes
    data: memoryview
    start: int
    end: int


def boxes(data: bytes) -> Iterator[Chunk]:
    """The boxes, one behind the other. Raises `Malformed`."""
    view, position = memoryview(data), 0
    for _ in range(MOST):
        if position + 8 > len(data):
            return
        head, size = 8, int.from_bytes(view[position : position + 4], "big")
        if size == 1:  # the size did not fit, and stands behind the type
            head, size = 16, int.from_bytes(view[position + 8 : position + 16], "big")
        elif size == 0:  # to the end of the file
            size = len(data) - position
        end = position + size
        if size < head or end > len(data):
            raise Malformed("a box ends behind the file")
        yield Chunk(bytes(view[position + 4 : position + 8]), view[position + head : end], position, end)
        position = end
    raise Malformed("too many boxes")
