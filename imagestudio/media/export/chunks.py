"""What picture files are made of."""

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
