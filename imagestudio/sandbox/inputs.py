"""Reading the pictures that a request brings along, as base64 text or as a URL."""

import base64
import binascii
import ipaddress
from urllib.parse import urlsplit

URL_SAFE = str.maketrans("-_", "+/")


def from_base64(text: str) -> bytes | None:
    """The bytes of bare base64 in either alphabet, None where the text is none."""
    try:
        return base64.b64decode(text.translate(URL_SAFE) + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def from_data_uri(text: str) -> bytes | None:
    """The bytes of a base64 data URI, None where the text is none."""
    head, comma, body = text.partition(",")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        return None
    return from_base64(body)


def is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def is_reachable(url: str) -> bool:
    """Whether a provider on the internet could fetch it: not from a private machine or a bare host name."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))
