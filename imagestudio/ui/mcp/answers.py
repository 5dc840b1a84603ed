"""What agents are answered: pictures that every client takes and every model's API reads, then words.

Common clients stop at 1 MiB, and a type that a model's API refuses ends the conversation that it is in. So
what goes out by itself is a picture that was decoded here and is small; the original has its address.
"""

import asyncio
import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcp import types

from imagestudio.core.errors import NotFound, StudioError
from imagestudio.core.job import StoredFile
from imagestudio.core.messages import Message
from imagestudio.media import png
from imagestudio.store.thumbnails import PREVIEW_SIDE
from imagestudio.studio.service import Studio
from imagestudio.ui.tools import Picture, ToolError

MOST = 690_000
"""Bytes of an answer's parts together, as they are written: below the 700 KB that is promised."""
MOST_TEXT = 150_000
"""Bytes of its words."""
AROUND = 200
"""Bytes that are written around each part."""
LEAST_PICTURE = 1_000
READ_BY_ALL = frozenset({"image/png", "image/jpeg", "image/webp"})
ORIGINALS = READ_BY_ALL | {"image/gif"}
"""What model APIs read."""
PREVIEW = "image/webp"

Content = types.ImageContent | types.TextContent


async def content_of(
    pictures: Sequence[Picture], words: Sequence[Any], studio: Studio, *, original: bool = False
) -> list[Content]:
    """An answer's parts: the pictures as far as they can be shown, then `words`, texts and JSON values."""
    told = [_text(each if isinstance(each, str) else _json(each)) for each in words]
    left = MOST - sum(written_bytes(each) for each in told)
    shown: list[Content] = []
    for place, picture in enumerate(pictures):
        share = left // (len(pictures) - place) - AROUND
        part = await _shown(picture, studio, share * 3 // 4, original=original)
        if part is not None:
            shown.append(part)
            left -= written_bytes(part)
    if missing := len(pictures) - len(shown):
        told.insert(0, _text(str(Message("tool.not_shown", count=missing))))
    return [*shown, *told]


def refusal_of(error: ToolError) -> types.CallToolResult:
    """What a refused call is answered: a line with the code and the field, and both for programs. Of what is
    not there, the line says what it is."""
    line, failure = str(error), error.failure
    field = failure.details.get("field")
    if isinstance(field, str) and field not in line and failure.code != NotFound.code:
        line = f"{line} (field: {field})"
    structured = json.loads(_json({"error": failure.as_dict()}))
    words: list[types.ContentBlock] = [_text(line)]
    return types.CallToolResult(
        content=words,
        structuredContent=structured if len(_json(structured)) <= MOST_TEXT else None,
        isError=True,
    )


def written_bytes(part: Content) -> int:
    """Bytes of a part in the message, nearly."""
    if isinstance(part, types.ImageContent):
        return len(part.data) + AROUND
    return len(json.dumps(part.text, ensure_ascii=False).encode()) + AROUND


async def _shown(picture: Picture, studio: Studio, most: int, *, original: bool) -> types.ImageContent | None:
    """A picture as it came where that is small, or wanted, else a smaller one; None where it can't be shown:
    what is no picture, whatever it says, shall not reach a model."""
    file = picture.file
    try:
        if most < LEAST_PICTURE and not original:
            return None
        _, thumbnail = await studio.thumbnail(file.id)
        if original and file.mime_type in ORIGINALS:
            return await asyncio.to_thread(_image, picture.path, file.mime_type)
        if _is_small(file, most):
            return await asyncio.to_thread(_small_image, picture.path, file.mime_type)
        _, preview = await studio.preview(file.id)
        for path in (preview, thumbnail):
            if (await asyncio.to_thread(path.stat)).st_size <= most:
                return await asyncio.to_thread(_image, path, PREVIEW)
    except (StudioError, OSError):
        return None  # why it can't be shown, or has gone, is told with the job
    return None


def _is_small(file: StoredFile, most: int) -> bool:
    sides = max(file.width, file.height)
    return file.mime_type in READ_BY_ALL and file.bytes <= most and 0 < sides <= PREVIEW_SIDE


def _image(path: Path, mime_type: str) -> types.ImageContent:
    """Blocking."""
    return _content(path.read_bytes(), mime_type)


def _small_image(path: Path, mime_type: str) -> types.ImageContent:
    """Blocking. A PNG without what readers stumble over."""
    data = path.read_bytes()
    return _content(png.for_pixels(data) if mime_type == "image/png" else data, mime_type)


def _content(data: bytes, mime_type: str) -> types.ImageContent:
    return types.ImageContent(type="image", data=base64.b64encode(data).decode(), mimeType=mime_type)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _text(text: str) -> types.TextContent:
    """Half a surrogate pair becomes a question mark, and what nobody can read whole is cut."""
    data = text.encode("utf-8", "replace")
    cut = data if len(data) <= MOST_TEXT else data[:MOST_TEXT] + "…".encode()
    return types.TextContent(type="text", text=cut.decode("utf-8", "ignore"))
