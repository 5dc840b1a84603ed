"""JPEG files as the segments before their scan (ITU-T T.81, annex B), cut and joined without touching one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from imagestudio.media.export.chunks import Malformed

SIGNATURE = b"\xff\xd8"
APP0, APP1, APP11, SCAN = 0xE0, 0xE1, 0xEB, 0xDA
XMP = b"http://ns.adobe.com/xap/1.0/\0"
"""What an APP1 segment with XMP begins with (XMP specification part 3, 1.1.3)."""
MOST = 0xFFFF - 2
"""Bytes of a segment's content."""
MOST_SEGMENTS = 10_000
"""A file with more is not looked into."""

_FILL = re.compile(rb"\xff+")
"""Before a marker may stand any number of these (B.1.1.2)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as it lies in the file; `start` to `end` include its marker and length."""

    marker: int
    data: memoryview
    start: int
    end: int


def segments(data: bytes) -> Iterator[Segment]:
    """The segments before the first scan. Raises `Malformed`."""
    if not data.startswith(SIGNATURE):
        raise Malformed("no JPEG signature")
    view, start = memoryview(data), len(SIGNATURE)
    for _ in range(MOST_SEGMENTS):
        fill = _FILL.match(data, start)
        if fill is None or fill.end() + 3 > len(data):
            raise Malformed("no segment where one belongs")
        marker, begin = data[fill.end()], fill.end() + 1
        if marker == SCAN:
            return
        end = begin + int.from_bytes(view[begin : begin + 2], "big")
        if marker < 0xC0 or end < begin + 2 or end > len(data):
            raise Malformed("a segment ends behind the file, or before its own header")
        yield Segment(marker, view[begin + 2 : end], start, end)
        start = end
    raise Malformed("too many segments")


LEAST = ((0xE0, b"JFIF\0", 14), (0xE2, b"ICC_PROFILE\0", 15), (0xEE, b"Adobe", 12))
"""Bytes of the segments that decoders look into, by what they begin with: JFIF's head (T.871, 10.1), a part
of a profile (ICC.1, annex B.4), Adobe's transform. Browsers pass over what is shorter."""


def for_pixels(data: bytes) -> bytes:
    """The file without segments that are too short for what they say they are; as it is where it does not
    hold together."""
    try:
        short = [(segment.start, segment.end) for segment in segments(data) if _is_short(segment)]
    except Malformed:
        return data
    parts, position = [], 0
    for start, end in short:
        parts.append(data[position:start])
        position = end
    return b"".join([*parts, data[position:]]) if short else data


def _is_short(segment: Segment) -> bool:
    return any(
        segment.marker == marker and bytes(segment.data[: len(name)]) == name and len(segment.data) < least
        for marker, name, least in LEAST
    )


def is_xmp(segment: Segment) -> bool:
    """Whether it is the main XMP packet."""
    return segment.marker == APP1 and bytes(segment.data[: len(XMP)]) == XMP


def xmp(data: bytes) -> bytes | None:
    """The XMP packet of the file, if it has one. Raises `Malformed`."""
    return next((bytes(segment.data[len(XMP) :]) for segment in segments(data) if is_xmp(segment)), None)


def with_xmp(data: bytes, packet: bytes) -> bytes:
    """The file with this XMP packet in place of the one it had. Raises `Malformed`, also for a packet that is
    too long for a segment."""
    content = XMP + packet
    if len(content) > MOST:
        raise Malformed("the packet is too long for a segment")
    whole = b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content
    cut = [(segment.start, segment.end) for segment in segments(data) if is_xmp(segment)]
    place = _place(data)
    parts, position = [], 0
    for start, end in sorted([*cut, (place, place)]):
        parts.append(data[position:start])
        if start == end == place:
            parts.append(whole)
        position = end
    return b"".join([*parts, data[position:]])


def _place(data: bytes) -> int:
    """Behind JFIF and Exif, which must come first, and before everything else."""
    place = 2
    for segment in segments(data):
        if segment.marker not in (APP0, APP1) or is_xmp(segment):
            break
        place = segment.end
    return place
