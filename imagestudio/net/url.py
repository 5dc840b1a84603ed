"""Reading a URL strictly: one that two parsers could read differently is refused."""

import re
from functools import lru_cache

import httpx

from imagestudio.core.messages import Message
from imagestudio.net.addresses import parse_ip
from imagestudio.net.errors import FetchError

MAX_LENGTH = 8192
# DNS names as RFC 1123 has them, and the underscore that some hosts use.
NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
# What WHATWG's URL parser and the C library take for an IPv4 address: decimal, octal, hex, or fewer parts.
NUMERIC = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)")


@lru_cache(maxsize=64)
def parse(text: str) -> httpx.URL:
    """An http(s) URL, its host in canonical form, without fragment, remembered. Raises `FetchError`."""
    if len(text) > MAX_LENGTH:
        raise FetchError("url", Message("net.link_too_long", most=MAX_LENGTH))
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError) as error:  # the latter for half a surrogate pair
        raise FetchError("url", Message("net.no_link")) from error
    if url.scheme not in {"http", "https"} or not url.raw_host:
        raise FetchError("url", Message("net.scheme"))
    if url.userinfo:
        raise FetchError("url", Message("net.password"))
    parsed = url.copy_with(host=_host(url), fragment=None)
    try:
        parsed.host  # noqa: B018 (it is decoded here: a name that begins as Punycode may not be any)
    except ValueError as error:
        raise FetchError("url", Message("net.bad_host")) from error
    return parsed


def join(url: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads, read as strictly. Raises `FetchError`."""
    try:
        return parse(str(url.join(location)))
    except httpx.InvalidURL as error:
        raise FetchError("url", Message("net.bad_redirect")) from error


def origin(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port, the default one filled in."""
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _host(url: httpx.URL) -> str:
    """The host in ASCII and without its final dot, which certificates don't know."""
    host = url.raw_host.decode("ascii").lower().removesuffix(".")
    if parse_ip(host) is not None:
        return host
    if len(host) > 253 or not NAME.fullmatch(host):
        raise FetchError("url", Message("net.bad_host"))
    if NUMERIC.fullmatch(host):
        raise FetchError("address", Message("net.hidden_address", host=host))
    return host
