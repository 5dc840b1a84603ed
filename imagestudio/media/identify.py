"""What paid bytes are: kept whatever is wrong with them, so named rather than judged."""

import io
import re
from pathlib import Path

from imagestudio.media import png
from imagestudio.media.formats import SVG, MediaInfo, NotAnImage, TooManyPixels, inspect

HEAD = 64 * 1024
"""Bytes within which a file says what it is."""
ANY = 2**62
SIDE_MAX = 2**31 - 1
UNKNOWN = 0
"""A side that nothing tells."""

# By the formats' own specifications: where, what, and the type.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, png.SIGNATURE, "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftyphevc", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypmsf1", "image/heif"),
    (4, b"JXL \r\n\x87\n", "image/jxl"),
    (0, b"\xff\x0a", "image/jxl"),
    (4, b"jP  \r\n\x87\n", "image/jp2"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II+\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (0, b"\0\0\1\0", "image/x-icon"),
    (0, b"8BPS\0", "image/vnd.adobe.photoshop"),
    (0, b"qoif", "image/qoi"),
)
BITMAP, BITMAP_HEADERS = b"BM", frozenset({12, 40, 52, 56, 64, 108, 124})
"""Two letters prove little: the size of the header behind them is one of these."""
PROLOG = {b"<!--": b"-->", b"<?": b"?>"}
"""What may stand before a document's first element, and its end."""
BLANK = re.compile(rb"[\s\xef\xbb\xbf]*")
DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(\[[^\]]*\][^>]*)?>", re.IGNORECASE)
SVG_ROOT = re.compile(rb"<([A-Za-z_][\w.-]*:)?svg[\s/>]")


def identify(data: bytes | Path) -> MediaInfo:
    """Type and size, as far as the bytes tell: a side that they don't is `UNKNOWN`.

    Reads the header only. Blocking. Raises `NotAnImage` for what no program would take for a picture (a
    page, a text, nothing), and `OSError` for an unreadable path.
    """
    try:
        return _within(inspect(data, max_pixels=ANY))
    except (NotAnImage, TooManyPixels) as error:
        with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as file:
            kind = _kind(head := file.read(HEAD))
        if kind is None:
            raise NotAnImage(error.text) from error
        width, height = _sides(kind, head)
        return _within(MediaInfo(kind, width, height))


def _kind(head: bytes) -> str | None:
    for position, signature, kind in SIGNATURES:
        if head.startswith(signature, position):
            return kind
    if head.startswith(BITMAP) and int.from_bytes(head[14:18], "little") in BITMAP_HEADERS:
        return "image/bmp"
    return SVG if SVG_ROOT.match(head, _behind_prolog(head)) else None


def _behind_prolog(head: bytes) -> int:
    """Where the first element begins, if there is one."""
    position = _behind_blank(head, 0)
    while end := _end_of_prolog(head, position):
        position = _behind_blank(head, end)
    return position


def _end_of_prolog(head: bytes, position: int) -> int | None:
    """Behind a comment, an instruction or a document type that begins there; None where none does."""
    for begin, end in PROLOG.items():
        if head.startswith(begin, position):
            found = head.find(end, position)
            return found + len(end) if found >= 0 else None
    doctype = DOCTYPE.match(head, position)
    return doctype.end() if doctype else None


def _behind_blank(head: bytes, position: int) -> int:
    found = BLANK.match(head, position)
    return found.end() if found else position


def _sides(kind: str, head: bytes) -> tuple[int, int]:
    if kind == "image/gif" and len(head) >= 10:
        return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    return UNKNOWN, UNKNOWN


def _within(info: MediaInfo) -> MediaInfo:
    known = 0 < info.width <= SIDE_MAX and 0 < info.height <= SIDE_MAX
    return info if known else MediaInfo(info.mime_type, UNKNOWN, UNKNOWN)
