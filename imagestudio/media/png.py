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
BYTES = {b"acTL": 8, b"fcTL": 26, b"pHYs": 9, b"cHRM": 32, b"gAMA": 4, b"sRGB": 1}
"""What these chunks have: one of another length says nothing."""
TRANSPARENT, PIXELS, COLOUR = b"tRNS", b"IDAT", slice(25, 26)
TRANSPARENT_BYTES = {b"\0": 2, b"\2": 6}
"""The colour that is transparent in a picture of grey, or of red, green and blue (11.3.1.1)."""
ANIMATION, FRAME = b"acTL", b"fcTL"
EXIF = b"eXIf"
TIFF = (b"II*\0", b"MM\0*")
"""How what eXIf holds begins (PNG, third edition, 11.3.4.5)."""
ANCILLARY = 0x20
"""The bit of a chunk's first letter that says that the picture can be shown without it."""


def sides(head: bytes) -> tuple[int, int] | None:
    """Width and height by the header; None where the bytes begin otherwise, or it makes no sense."""
    if not head.startswith(SIGNATURE + b"\0\0\0\x0dIHDR") or len(head) < HEAD:
        return None
    width, height = struct.unpack(">II", head[16:24])
    return (width, height) if 0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX else None


def for_pixels(data: bytes) -> bytes:
    """The file without its texts, an unusually large colour profile, and ancillary chunks that are damaged.
    What is no whole chunk any more stays as it is."""
    kept, start, position, begun = [], 0, len(SIGNATURE), False
    view = memoryview(data)
    while position + 12 <= len(data):
        kind = bytes(view[position + 4 : position + 8])
        end = position + 12 + int.from_bytes(view[position : position + 4], "big")
        if end > len(data) or kind == b"IEND":
            break
        begun |= kind == PIXELS
        misplaced = kind == TRANSPARENT and (begun or not _fits(view[position:end], data[COLOUR]))
        misplaced |= kind == ANIMATION and FRAME not in data
        if misplaced or kind in TEXTS or not is_sound(view[position + 4 : end]):
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
    body = chunk[4:-4]
    if kind in BYTES:
        return len(body) == BYTES[kind]
    if kind == EXIF:
        return bytes(body[:4]) in TIFF
    return kind != PROFILE or _is_usual(bytes(body), profile_max)


def _fits(chunk: memoryview, colour: bytes) -> bool:
    return len(chunk) - 12 == TRANSPARENT_BYTES.get(colour, len(chunk) - 12)


def _is_usual(profile: bytes, most: int) -> bool:
    method_and_packed = profile.partition(b"\0")[2]
    method, packed = method_and_packed[:1], method_and_packed[1:]
    if method != b"\0":
        return False
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed, most)
    except zlib.error:
        return False
    return unpacking.eof
