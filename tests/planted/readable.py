"""What is packed in bytes: members of archives, what was compressed, text chunks of pictures."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

PNG = b"\x89PNG\r\n\x1a\n"
DEEPEST = 4


def readable(where: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The bytes as they are, then everything that they hold, each with its place. A database is read as it
    lies on the disk: deleted rows, free pages and the log are in its bytes."""
    yield where, data
    if depth == DEEPEST:
        return
    for starts, unpack in UNPACKERS:
        if data.startswith(starts):
            for name, plain in unpack(data):
                yield from readable(f"{where} › {name}", plain, depth + 1)


def _zip(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            yield "about a member", member.filename.encode() + member.comment + member.extra
            yield member.filename, archive.read(member)


def _gzip(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "gzip", gzip.decompress(data)


def _png(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Each compressed chunk of text: by the specification a keyword, a few bytes, and a zlib stream."""
    at = len(PNG)
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        keyword, _, rest = body.partition(b"\0")
        if kind in (b"zTXt", b"iCCP"):
            yield kind.decode(), keyword + zlib.decompress(rest[1:])
        elif kind == b"iTXt" and rest[:1] == b"\x01":
            language, translated, text = rest[2:].split(b"\0", 2)
            yield "iTXt", keyword + language + translated + zlib.decompress(text)
        at += length + 12


Unpack = Callable[[bytes], Iterator[tuple[str, bytes]]]
UNPACKERS: tuple[tuple[bytes, Unpack], ...] = ((b"PK\x03\x04", _zip), (b"\x1f\x8b", _gzip), (PNG, _png))
