"""WebP files as a list of chunks (RFC 9649), cut and joined without touching one that holds pixels."""

from collections.abc import Iterator

from imagestudio.media.export.chunks import MAX_XMP, MOST, Chunk, Malformed

XMP_FLAG, ALPHA_FLAG = 0x04, 0x10
"""Bits of VP8X's first byte (RFC 9649, 2.7.1)."""


def chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks of the file. Raises `Malformed`."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise Malformed("no WebP signature")
    whole = 8 + int.from_bytes(data[4:8], "little")
    if whole > len(data):
        raise Malformed("the file is cut off")
    view, position = memoryview(data), 12
    for _ in range(MOST):
        if position + 8 > whole:
            return
        length = int.from_bytes(view[position + 4 : position + 8], "little")
        end = position + 8 + length
        if end > whole:
            raise Malformed("a chunk ends behind the file")
        padded = min(end + length % 2, whole)
        yield Chunk(bytes(view[position : position + 4]), view[position + 8 : end], position, padded)
        position = padded
    raise Malformed("too many chunks")


def xmp(data: bytes) -> bytes | None:
    """The XMP packet of the file, if it has one. Raises `Malformed`."""
    return next((bytes(chunk.data[:MAX_XMP]) for chunk in chunks(data) if chunk.type == b"XMP "), None)


def with_xmp(data: bytes, packet: bytes) -> bytes:
    """The file with this XMP packet in place of the one it had. Raises `Malformed`."""
    kept = [chunk for chunk in chunks(data) if chunk.type != b"XMP "]
    if not kept:
        raise Malformed("no picture")
    head, *others = kept
    if head.type == b"VP8X":
        header, rest = bytearray(head.data), others
    else:
        header, rest = _extended(head), kept
    if len(header) < 10:
        raise Malformed("a header too short")
    header[0] |= XMP_FLAG
    parts = [
        _chunk(b"VP8X", bytes(header)),
        *(_padded(data[chunk.start : chunk.end]) for chunk in rest),
        _chunk(b"XMP ", packet),
    ]
    size = 4 + sum(map(len, parts))
    behind = data[8 + int.from_bytes(data[4:8], "little") :]
    return b"".join([b"RIFF", size.to_bytes(4, "little"), b"WEBP", *parts, behind])


def _chunk(kind: bytes, content: bytes) -> bytes:
    return _padded(kind + len(content).to_bytes(4, "little") + content)


def _padded(content: bytes) -> bytes:
    return content + b"\0" * (len(content) % 2)


def _extended(picture: Chunk) -> bytearray:
    """The VP8X header of a file that had none, from its only chunk's own header."""
    head = bytes(picture.data[:10])
    alpha = 0
    if picture.type == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":  # RFC 6386, 9.1
        width = int.from_bytes(head[6:8], "little") & 0x3FFF
        height = int.from_bytes(head[8:10], "little") & 0x3FFF
    elif picture.type == b"VP8L" and head[:1] == b"\x2f":  # RFC 9649, 3.4
        bits = int.from_bytes(head[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        alpha = ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        raise Malformed("no picture header")
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytearray(bytes([alpha, 0, 0, 0]) + sides)
