"""What the value of a setting has to look like, and what is said of one that does not."""

import base64
import re
from typing import Annotated

import httpx
from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

SECRET_KEY_LENGTH = 32
"""Characters at least."""
HOST_NAME = re.compile(r"\*|(\*\.)?[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\]")
ORIGIN = re.compile(r"https?://([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _in_one_case(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in value)


def _host_names(value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if not HOST_NAME.fullmatch(name):
            raise ValueError("takes names without scheme or port, such as example.com, *.example.com, or *")
    return value


def _whole_origins(value: tuple[str, ...]) -> tuple[str, ...]:
    for origin in value:
        if not ORIGIN.fullmatch(origin):
            raise ValueError("takes origins such as https://example.com, without a path; * is not one")
    return value


def _printable(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip().isascii():
        raise ValueError("a key is plain ASCII; this one holds other characters")
    return value


def _web_address(value: str) -> str:
    url = httpx.URL(value)
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment or url.userinfo:
        raise ValueError("must be an http(s) origin with an optional path, such as https://example.com/x")
    return value.rstrip("/")


def _signing_key(value: SecretStr) -> SecretStr:
    # www.standardwebhooks.com asks for keys of this length.
    prefix, _, key = value.get_secret_value().strip().partition("_")
    try:
        good = prefix == "whsec" and 24 <= len(base64.b64decode(key, validate=True)) <= 64
    except ValueError:
        good = False
    if not good:
        raise ValueError("must be whsec_ and 24 to 64 bytes in base64")
    return value


def _hard_to_guess(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SECRET_KEY_LENGTH:
        raise ValueError(
            f"must have {SECRET_KEY_LENGTH} characters or more: openssl rand -base64 32 makes one"
        )
    return value


def _sqlite(value: str) -> str:
    # Earlier versions took the first form only.
    if not value.startswith(("sqlite+aiosqlite:///", "sqlite:///")):
        raise ValueError("this version takes sqlite:///PATH only")
    return value


def _no_blobs(value: str) -> str:
    raise ValueError("this version keeps pictures in IMAGESTUDIO_DATA_DIR only; leave it unset")


LIST = BeforeValidator(_split)
"""Comma separated."""
ApiKeys = Annotated[tuple[SecretStr, ...], NoDecode, LIST]
Names = Annotated[tuple[str, ...], NoDecode, LIST, AfterValidator(_in_one_case)]
HostNames = Annotated[Names, AfterValidator(_host_names)]
Origins = Annotated[Names, AfterValidator(_whole_origins)]
ProviderKey = Annotated[SecretStr, AfterValidator(_printable)]
SecretKey = Annotated[SecretStr, AfterValidator(_hard_to_guess)]
SigningKey = Annotated[SecretStr, AfterValidator(_signing_key)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
SqliteUrl = Annotated[str, AfterValidator(_sqlite)]
BlobsUrl = Annotated[str, AfterValidator(_no_blobs)]
