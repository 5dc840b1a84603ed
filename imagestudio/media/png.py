"""PNG files without what only accompanies their pixels: readers limit it, or stumble over it, and browsers
pass it over (PNG, third edition, 5.3, 13.1)."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEAD = 24
"""Bytes in which the signature and both sides come."""
SIDE_MAX = 2**31 - 1
TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
PROFILE = b"iCCP"
PROFILE_MAX, PROFILE_SENT_MAX = 8 * 1024 * 1024, 1024 * 1024
"""Bytes of a colour profile, unpacked: browsers show a picture with a larger one without it; common readers,
as providers may have, refuse it altogether from a megabyte on."""
ANCILLARY = 0x20
"""The bit of a chunk's first letter that says that the picture can be shown without it."""


def sides(head: bytes) -> tuple[int, int] | None:
    """Width and height by the header; None where the bytes begin otherwise, or it makes no sense."""
    if not head.startswith(SIGNATURE + b"\0\0\0\x0dIHDR") or len(head) < HEAD:
        return None
    width, height = struct.unpack(">II", head[16:24])
    return (width, height) if 0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX else None


def for_pixels(data: bytes) -> bytes:
    """The file without its texts, an unusually large colour profile, and ancillary chunks whose checksum is
    wrong. What is no whole chunk any more stays as it is."""
    kept, start, position = [], 0, len(SIGNATURE)
    view = memoryview(data)
    while position + 12 <= len(data):
        kind = bytes(view[position + 4 : position + 8])
        end = position + 12 + int.from_bytes(view[position : position + 4], "big")
        if end > len(data) or kind == b"IEND":
            break
        if kind in TEXTS or not is_sound(view[position + 4 : end]):
            kept.append(view[start:position])
            start = end
        position = end
    return b"".join([*kept, view[start:]]) if kept else data


def is_sound(chunk: memoryview, profile_max: int = PROFILE_MAX) -> bool:
    """Whether a reader takes a chunk, given from its type to its checksum, or is said to need it."""
    kind = bytes(chunk[:4])
    if not kind[0] & ANCILLARY:
        return True
    if zlib.crc32(chunk[:-4]) != int.from_bytes(chunk[-4:], "big"):
        return False
    return kind != PROFILE or _is_usual(bytes(chunk[4:-4]), profile_max)


def _is_usual(profile: bytes, most: int) -> bool:
    packed = profile.partition(b"\0")[2][1:]
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed, most)
    except zlib.error:
        return False
    return unpacking.eof
