"""What a picture's file tells besides the picture: place, time, camera, author, notes. Providers see none.

It is cut out, so that no pixel changes: all but what a decoder needs to show the picture as it is, with its
colours and resolution.
"""

import re
from dataclasses import dataclass

from PIL import Image

from imagestudio.media.export import c2pa, jpeg, png, webp
from imagestudio.media.export.chunks import Malformed
from imagestudio.media.png import PROFILE_SENT_MAX, is_sound

PNG_NEEDED = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT cICP mDCV mDCv cLLI cLLi bKGD pHYs hIST sPLT".split()
)
WEBP_NEEDED = frozenset({b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L", b"ANIM", b"ANMF"})
WEBP_METADATA = 0x0C
"""The bits of VP8X's first byte that say that there is Exif, or XMP (RFC 9649, 2.7.1)."""
APP0, APP1, APP2, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
EXIF = b"Exif\0"
SCAN, END = 0xDA, 0xD9
MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
"""In a scan: what is neither a stuffed byte nor a restart (ITU-T T.81, B.1.1.5)."""
MOST_SCANS = 1000
PLAIN_TAGS = frozenset({0x0112, 0x011A, 0x011B, 0x0128, 0x0213, 0x8769})
"""Orientation, resolution, where the colours are sampled, and the pointer to the Exif tags proper."""
PLAIN_EXIF_TAGS = frozenset({0x9000, 0x9101, 0xA000, 0xA001, 0xA002, 0xA003})
"""Versions, colour space, sides."""
EXIF_TAGS = 0x8769


@dataclass(frozen=True, slots=True)
class Plain:
    """A picture's file without the rest."""

    data: bytes
    told: bool
    """Whether the rest held more than Exif, of which `is_private` knows."""


def is_private(image: Image.Image) -> bool:
    """Whether its metadata tells more than how to show it. The picture is only opened."""
    if any(image.info.get(name) for name in ("xmp", "XML:com.adobe.xmp", "comment", "photoshop")):
        return True
    try:
        exif = image.getexif()
        return not (PLAIN_TAGS.issuperset(exif) and PLAIN_EXIF_TAGS.issuperset(exif.get_ifd(EXIF_TAGS)))
    except Exception:  # Pillow's reader of Exif raises nearly anything; in doubt it is told
        return True


def without_private(data: bytes) -> Plain:
    """The file with nothing but the picture. Raises `Malformed` where it has to be written anew for that."""
    if data.startswith(png.SIGNATURE):
        return _png(data)
    if data.startswith(jpeg.SIGNATURE):
        return _jpeg(data)
    if data[8:12] == b"WEBP":
        return _webp(data)
    if b"Exif" in data or b"xmpmeta" in data or c2pa.has_manifest(data):
        raise Malformed("only a decoder finds the picture in it")
    return Plain(data, told=False)


def _png(data: bytes) -> Plain:
    kept, told, end = [png.SIGNATURE], False, 0
    for chunk in png.chunks(data):
        end = chunk.end
        if chunk.type in PNG_NEEDED:
            if is_sound(memoryview(data)[chunk.start + 4 : end], PROFILE_SENT_MAX):
                kept.append(data[chunk.start : chunk.end])
        else:
            told |= chunk.type != b"eXIf"
    return Plain(b"".join(kept), told or bool(data[end:].strip(b"\0")))


def _jpeg(data: bytes) -> Plain:
    kept, told, head = [jpeg.SIGNATURE], False, len(jpeg.SIGNATURE)
    for segment in jpeg.segments(data):
        head = segment.end
        if _needed(segment):
            kept.append(data[segment.start : segment.end])
        else:
            told |= bytes(segment.data[: len(EXIF)]) != EXIF and segment.marker not in (APP0, APP2)
    end = _picture_end(data, head)
    return Plain(b"".join([*kept, data[head:end]]), told or bool(data[end:].strip(b"\0")))


def _needed(segment: jpeg.Segment) -> bool:
    if segment.marker == APP0:
        return bytes(segment.data[:5]) == b"JFIF\0"
    if segment.marker == APP2:
        return bytes(segment.data[:12]) == b"ICC_PROFILE\0"
    return segment.marker == APP14 or not (APP0 <= segment.marker <= APP15 or segment.marker == COMMENT)


def _picture_end(data: bytes, position: int) -> int:
    """Behind the end marker. What follows is another picture (a phone's), a video, or what a crop left."""
    for _ in range(MOST_SCANS):
        found = MARKER.search(data, position)
        if found is None:
            return len(data)  # cut off where decoders don't mind
        marker, position = found[1][0], found.end()
        if marker == END:
            return position
        if APP0 <= marker <= APP15 or marker == COMMENT:
            raise Malformed("metadata between its scans")
        position += int.from_bytes(data[position : position + 2], "big")
    raise Malformed("too many scans")


def _webp(data: bytes) -> Plain:
    kept, told, end = [], False, 12
    for chunk in webp.chunks(data):
        end = chunk.end
        if chunk.type not in WEBP_NEEDED:
            told |= chunk.type != b"EXIF"
            continue
        whole = bytearray(data[chunk.start : chunk.end])
        if chunk.type == b"VP8X" and len(chunk.data):
            whole[8] &= ~WEBP_METADATA & 0xFF
        kept.append(bytes(whole) + b"\0" * (len(whole) % 2))
    size = 4 + sum(map(len, kept))
    plain = b"".join([b"RIFF", size.to_bytes(4, "little"), b"WEBP", *kept])
    return Plain(plain, told or bool(data[end:].strip(b"\0")))
