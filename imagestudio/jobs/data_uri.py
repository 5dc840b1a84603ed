"""Pictures that stand in an address themselves: data URIs, as forgiving as browsers read them, and base64
that lacks its beginning."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from imagestudio.core.errors import InvalidImage
from imagestudio.core.messages import Message

DATA_URI = re.compile(r"^data:[^,]{0,1000}?(;[ \t]*base64[ \t]*)?,", re.IGNORECASE)
PIECE = 64 * 1024
"""Characters of a data URI that are decoded at a time."""
SPACES = b" \t\n\f\r"
URL_SAFE = bytes.maketrans(b"-_", b"+/")
BEGINNINGS = {
    "iVBORw0KGgo": "image/png",
    "/9j/": "image/jpeg",
    "UklGR": "image/webp",
    "R0lGOD": "image/gif",
    "AAAAIGZ0eXBhdmlm": "image/avif",
    "AAAAHGZ0eXBhdmlm": "image/avif",
    "AAAAGGZ0eXBoZWlj": "image/heic",
    "AAAAJGZ0eXBoZWlj": "image/heic",
}
"""Of pictures as base64."""
LOOKED_AT = 256
BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{40,}=*")
ANY_PICTURE = "image/png"


def bare_base64(url: str) -> str | None:
    """The type of the picture that an `image_url` is as base64, without the beginning of a data URI; None
    where it is something else. Any long base64 is said to be one."""
    head = url[:LOOKED_AT]
    if not BASE64.fullmatch(head):
        return None
    known = next((kind for beginning, kind in BEGINNINGS.items() if head.startswith(beginning)), None)
    return known or (ANY_PICTURE if len(url) > LOOKED_AT else None)


def decode(url: str) -> bytes:
    """What a data URI holds. Blocking. Raises `InvalidImage`."""
    head = DATA_URI.match(url)
    content = url[head.end() :] if head else ""
    if head is None or head[1] is None:
        if kind := bare_base64(content.lstrip()):
            raise InvalidImage(Message("source.no_base64_mark", kind=kind), field="image_url")
        return _unquoted(content)
    # As the WHATWG's Infra Standard forgives, and the letters of RFC 4648, 5, besides.
    data = _unquoted(content).translate(URL_SAFE, SPACES)
    if len(data) % 4 == 0:
        data = data.removesuffix(b"=").removesuffix(b"=")
    try:
        if len(data) % 4 == 1 or data.endswith(b"="):
            raise ValueError
        return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidImage(Message("source.bad_base64"), field="image_url") from error


def _unquoted(text: str) -> bytes:
    """Its bytes, percent escapes resolved, piece by piece: for each escape the whole would take an object."""
    if "%" not in text:
        return text.encode()
    content, start = bytearray(), 0
    while start < len(text):
        end = start + PIECE
        # An escape that begins in a piece ends in it.
        end += 2 if text[end - 1 : end] == "%" else text[end - 2 : end - 1] == "%"
        content += unquote_to_bytes(text[start:end])
        start = end
    return bytes(content)
