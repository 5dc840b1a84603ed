"""The pictures in a finished fal task's result.

By the endpoints' schemas: `images` (or `image`) holds files with a `url`, and `has_nsfw_concepts` says of
each whether it was blacked out. With `sync_mode` the URL is a data URI.
"""

import asyncio
import base64
import re
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx

from imagestudio.core.errors import StudioError
from imagestudio.core.messages import Message
from imagestudio.providers import problems
from imagestudio.providers.base import Completed, InlinePicture, RemotePicture
from imagestudio.providers.body import read_seed
from imagestudio.providers.fal_errors import TITLE
from imagestudio.providers.http import read_url

_DATA_URI = re.compile(r"data:[^,]*?(;base64)?,", re.IGNORECASE)


def listed(body: Any) -> list[Any]:
    """The files of a result, unchecked; none where it lists none."""
    match body:
        case {"images": list(files)} if files:
            return files
        case {"image": dict(file)}:
            return [file]
    return []


async def completed(body: Any) -> Completed:
    """The pictures, and those held back. Raises `ContentRefused` where all were, `ProviderFailed` for a
    result that can't be understood."""
    files = listed(body)
    flags = body.get("has_nsfw_concepts") if isinstance(body, dict) else None
    flags = flags if isinstance(flags, list) else []
    pictures = []
    refused: list[StudioError] = []
    for position, file in enumerate(files):
        # A flagged file is a black picture: made and charged, but not a result.
        if position < len(flags) and flags[position] is True:
            refused.append(problems.refused(TITLE, stage="image", charged="yes"))
        elif (picture := await _picture(file)) is not None:
            pictures.append(picture)
        else:
            refused.append(problems.undocumented(TITLE, Message("odd.no_usable_url")))
    if pictures:
        return Completed(
            tuple(pictures), tuple(refused), seed=read_seed(body) if isinstance(body, dict) else None
        )
    if any(flag is True for flag in flags):
        raise problems.refused(TITLE, stage="image", charged="yes")
    if refused:
        raise refused[0]
    raise problems.undocumented(TITLE, Message("odd.no_picture"))


async def _picture(file: Any) -> InlinePicture | RemotePicture | None:
    match file:
        case {"url": str(url)} if _on_the_web(url):
            return RemotePicture(url)
        case {"url": str(url)} if head := _DATA_URI.match(url):
            return InlinePicture(await asyncio.to_thread(_decode, url[head.end() :], bool(head[1])))
    return None


def _on_the_web(url: str) -> bool:
    try:
        parsed = read_url(url)
    except httpx.InvalidURL:
        return False
    return parsed.scheme in ("http", "https") and bool(parsed.host)


def _decode(content: str, is_base64: bool) -> bytes:
    data = unquote_to_bytes(content)
    if not is_base64:
        return data
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        return data  # it may have been paid for
