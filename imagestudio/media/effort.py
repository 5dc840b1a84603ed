"""How much work a picture makes, counted from its bytes before anything is decoded.

A JPEG may go over all its pixels any number of times (ITU-T T.81: scans), and every file may have any number
of parts that a reader takes up one by one, with few bytes each: their number is bounded, as pixels are.
"""

import math
import re
import struct
from dataclasses import dataclass

from imagestudio.core.messages import Message

MAX_SCANS = 100
"""Of a JPEG. Programs that save progressive ones write about ten."""
MAX_PASSED = 2_000_000_000
"""Pixels times scans, a nanosecond each."""
MAX_PARTS = 50_000
"""A JPEG's segments, a PNG's chunks: ten times what a file of the largest size has."""
MAX_PROFILES = 10
"""Of a PNG: each is inflated."""
MAX_BLOCKS = 5000
"""Of a GIF, before its first picture: each comment is copied with every block of it."""

SECONDS = {"jpeg": 30e-9, "png": 120e-9, "gif": 120e-9, "webp": 150e-9}
"""A pixel, at most, to decode it and to write it anew, on a usual processor."""
OF_SCAN = 2e-9
"""A pixel, for each scan: a picture that is brought may be decoded twice."""

PNG, GIF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
JPEG = b"\xff\xd8\xff"
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
"""What may begin a segment: restarts in the middle of a scan, for one, do not."""
END, SCAN = 0xD9, 0xDA
EXTENSION, PICTURE, TRAILER = 0x21, 0x2C, 0x3B
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a header with the size."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What was counted. Where the format has nothing to count, a reader is bounded by its pixels."""

    kind: str = ""
    """Empty for one that is not looked into."""
    pixels: int = 0
    scans: int = 1
    parts: int = 0
    is_excessive: bool = False
    """Whether something was beyond a bound, and no more counted."""

    @property
    def seconds(self) -> float:
        """A guess from above; infinite where nothing is known."""
        if self.kind not in SECONDS or not self.pixels:
            return math.inf
        return self.pixels * (SECONDS[self.kind] + (self.scans - 1) * OF_SCAN)

    @property
    def refusal(self) -> Message | None:
        """Why it is not decoded."""
        if self.scans > MAX_SCANS or self.scans * self.pixels > MAX_PASSED:
            return Message("image.too_many_scans", scans=self.scans)
        return Message("image.too_many_parts") if self.is_excessive else None


def count(data: bytes) -> Effort:
    """How much work a picture makes. It takes some milliseconds for the worst file."""
    if data.startswith(JPEG):
        return _count_jpeg(data)
    if data.startswith(PNG):
        return _count_png(data)
    if data.startswith(GIF):
        return _count_gif(data)
    return (
        Effort("webp", _pixels_of_webp(data)) if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else Effort()
    )


def _count_jpeg(data: bytes) -> Effort:
    at, parts, scans, pixels = 2, 0, 0, 0
    while (found := MARKER.search(data, at)) and found[1][0] != END:
        marker, at, parts = found[1][0], found.end(), parts + 1
        length = int.from_bytes(data[at : at + 2], "big")
        if marker in FRAMES and len(data) >= at + 7:
            height, width = struct.unpack_from(">HH", data, at + 3)
            pixels = max(pixels, height * width)
        scans += marker == SCAN
        if parts > MAX_PARTS or scans > MAX_SCANS:
            return Effort("jpeg", pixels, scans, parts, is_excessive=True)
        at += length
    return Effort("jpeg", pixels, scans, parts)


def _count_png(data: bytes) -> Effort:
    width, height = struct.unpack_from(">II", data, 16) if len(data) >= 24 else (0, 0)
    at, parts, profiles = len(PNG), 0, 0
    while at + 8 <= len(data):
        profiles += data.startswith(b"iCCP", at + 4)
        if data.startswith(b"IEND", at + 4):
            break  # nobody reads what follows
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        parts += 1
        if parts > MAX_PARTS or profiles > MAX_PROFILES:
            return Effort("png", width * height, 1, parts, is_excessive=True)
    return Effort("png", width * height, 1, parts)


def _count_gif(data: bytes) -> Effort:
    """Up to its first picture, the only one that anybody looks at (GIF89a, 20 to 26)."""
    if len(data) < 13:
        return Effort()
    width, height, packed = struct.unpack_from("<HHB", data, 6)
    at, blocks = 13 + _colours(packed), 0
    while at < len(data) and data[at] not in (PICTURE, TRAILER) and blocks <= MAX_BLOCKS:
        if data[at] != EXTENSION:  # makes no sense, and is passed over
            at, blocks = at + 1, blocks + 1
            continue
        at += 2
        if data[at : at + 1] == b"\0":  # readers differ in what they take for its end
            blocks += len(data) // 255
        while at < len(data) and data[at] and blocks <= MAX_BLOCKS:
            at, blocks = at + 1 + data[at], blocks + 1
        at += 1
    if len(data) >= at + 9 and data[at] == PICTURE:
        left, top, across, down = struct.unpack_from("<4H", data, at + 1)
        width, height = max(width, left + across), max(height, top + down)
    return Effort("gif", width * height, 1, blocks, is_excessive=blocks > MAX_BLOCKS)


def _colours(packed: int) -> int:
    """Bytes of the table of colours."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _pixels_of_webp(data: bytes) -> int:
    """Of the canvas, or of the only picture (RFC 9649, 2.5 to 2.7)."""
    kind, head = data[12:16], data[20:30]
    if len(head) < 10:
        return 0
    if kind == b"VP8X":
        return (int.from_bytes(head[4:7], "little") + 1) * (int.from_bytes(head[7:10], "little") + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    sides = [int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8)]
    return sides[0] * sides[1]
