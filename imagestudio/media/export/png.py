"""PNG files as a list of chunks, cut and joined without touching one (PNG, third edition, 5.3)."""

import zlib
from collections.abc import Iterator

from imagestudio.media.export.chunks import MAX_XMP, MOST, Chunk, Malformed

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP = b"XML:com.adobe.xmp"
"""The iTXt keyword that holds XMP (XMP specification part 3, 1.1.5)."""


def chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks from IHDR to IEND. Nothing is decompressed, checksums aren't checked. Raises `Malformed`."""
    if not data.startswith(SIGNATURE):
        raise Malformed("no PNG signature")
    view, position = memoryview(data), len(SIGNATURE)
    for _ in range(MOST):
        length = int.from_bytes(view[position : position + 4], "big")
        end = position + 12 + length
        if end > len(data):
            raise Malformed("a chunk ends behind the file")
        chunk = Chunk(bytes(view[position + 4 : position + 8]), view[position + 8 : end - 4], position, end)
        yield chunk
        if chunk.type == b"IEND":
            return
        position = end
    raise Malformed("too many chunks")


def text(keyword: bytes, content: bytes) -> bytes:
    """An uncompressed iTXt chunk of UTF-8 text, whole."""
    body = b"iTXt" + keyword + b"\0\0\0\0\0" + content
    return (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def keyword(chunk: Chunk) -> bytes | None:
    """The keyword of an iTXt chunk; None for every other."""
    return bytes(chunk.data[:80]).split(b"\0", 1)[0] if chunk.type == b"iTXt" else None


def read_text(chunk: Chunk, most: int) -> bytes | None:
    """The text of an iTXt chunk; None where it is malformed or has more than `most` bytes, unpacked."""
    head = bytes(chunk.data[:256])
    name_end = head.find(b"\0")
    parts = head[name_end + 3 :].split(b"\0", 2)
    if name_end < 1 or len(parts) < 3:
        return None
    body = chunk.data[name_end + 3 + len(parts[0]) + len(parts[1]) + 2 :]
    if len(body) > most:
        return None
    if head[name_end + 1] == 0:
        return bytes(body)
    return _unpacked(bytes(body), most)


def _unpacked(packed: bytes, most: int) -> bytes | None:
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(packed, most + 1)
    except zlib.error:
        return None
    return content if unpacking.eof and len(content) <= most else None


def xmp(data: bytes) -> bytes | None:
    """The XMP packet of the file, if it has one that can be read. Raises `Malformed`."""
    return find_text(data, XMP, MAX_XMP)


def find_text(data: bytes, name: bytes, most: int) -> bytes | None:
    """The first iTXt text of that keyword; None where there is none of at most that many bytes.
    Raises `Malformed`."""
    found = next((chunk for chunk in chunks(data) if keyword(chunk) == name), None)
    return None if found is None else read_text(found, most)


def with_texts(data: bytes, texts: dict[bytes, bytes]) -> bytes:
    """The file with these iTXt texts, by keyword, in place of those it had. Raises `Malformed`."""
    kept = [chunk for chunk in chunks(data) if keyword(chunk) not in texts]
    first, *others = kept
    if first.type != b"IHDR" or not any(chunk.type == b"IDAT" for chunk in others):
        raise Malformed("no header or no picture")
    added = [text(name, content) for name, content in texts.items()]
    rest = [data[chunk.start : chunk.end] for chunk in others]
    end = max(chunk.end for chunk in kept)
    return b"".join([data[: first.end], *added, *rest, data[end:]])
