"""Pictures of a run, as HTML. Whatever came from outside is escaped; an SVG is only ever an image."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from imagestudio.catalog import MODELS
from imagestudio.errors import NotFound
from imagestudio.generation import Task
from imagestudio.jobs import Job, StoredFile
from imagestudio.media import SVG
from imagestudio.studio import Studio
from imagestudio.ui.words import Words

Address = Callable[[StoredFile, Path], str]
"""Where the browser may fetch a file that lies at a path, as the page itself is addressed."""
MOST_INLINE = 1_000_000
"""Bytes of a drawing that the page holds; of a larger one it holds a picture."""
FRAME = (1024, 1024)
"""The shape a run is expected in when nothing tells."""


def empty(task: Task, words: Words) -> str:
    """The mat before the first run."""
    return (
        f'<div class="mat empty"><p>{escape(words.empty_title[task])}</p>'
        f'<p>{escape(words.empty_hint[task])} <span class="keys">{escape(words.empty_keys)}</span></p></div>'
    )


def frame(job: Job) -> str:
    """A still frame in the shape that the pictures will have, so that nothing jumps when they arrive."""
    width, height = _expected(job)
    one = (
        f'<figure style="{_shape(width, height)}"><div class="frame"></div><figcaption></figcaption></figure>'
    )
    count = max(1, len(job.calls), int(job.controls.get("num_images", 1)))
    return f'<div class="mat running" data-count="{count}" aria-hidden="true">{one * count}</div>'


def _expected(job: Job) -> tuple[int, int]:
    spec = MODELS.get(job.model)
    size = spec.size(job.controls) if spec else None
    if size is None and (ratio := job.controls.get("aspect_ratio")):
        across, down = ratio.split(":")
        return int(across), int(down)
    return size or FRAME


async def pictures(studio: Studio, job: Job, address: Address, words: Words) -> str:
    """The pictures as large as fits, each with its download; the bytes are the provider's own."""
    if not job.pictures:
        return ""
    figures = [
        await asyncio.to_thread(_figure, await _shown(studio, file, address), job, words)
        for file in job.pictures
    ]
    return f'<div class="mat done" data-count="{len(figures)}">{"".join(figures)}</div>'


@dataclass(frozen=True, slots=True)
class _Shown:
    file: StoredFile
    path: Path
    address: str
    drawing: str | None
    """Of a drawing, what shows it; None where it can't be shown."""


async def _shown(studio: Studio, file: StoredFile, address: Address) -> _Shown:
    _, path = await studio.file(file.id)
    return _Shown(file, path, address(file, path), await _drawing(studio, file))


def _figure(shown: _Shown, job: Job, words: Words) -> str:
    file = shown.file
    link = shown.address
    source = shown.drawing if file.mime_type == SVG else link
    return (
        f'<figure style="{_shape(file.width, file.height)}">'
        f"{_image(source, file, job, words)}"
        f'<figcaption><a href="{escape(link)}" download="{escape(shown.path.name)}">{DOWNLOAD_ICON}'
        f"{escape(words.download)}</a></figcaption></figure>"
    )


def _shape(width: int, height: int) -> str:
    return f"--width: {width}px; --ratio: {width / height:.4f}"


async def _drawing(studio: Studio, file: StoredFile) -> str | None:
    """A drawing as data for <img>: rewritten so that it only draws, or, a large one, drawn."""
    if file.mime_type != SVG:
        return None
    try:
        path = await studio.thumbnails.drawing(file)
        if (await asyncio.to_thread(path.stat)).st_size <= MOST_INLINE:
            return await asyncio.to_thread(_data_uri, path, SVG)
        return await asyncio.to_thread(_data_uri, await studio.thumbnails.preview(file), "image/webp")
    except NotFound:
        return None


def _image(source: str | None, file: StoredFile, job: Job, words: Words) -> str:
    if source is None:
        return f'<div class="frame"><p>{escape(words.not_shown)}</p></div>'
    size = f'width="{file.width}" height="{file.height}"'
    return f'<img src="{escape(source)}" alt="{escape(job.prompt)}" {size}>'


def _data_uri(path: Path, mime_type: str) -> str:
    return f"data:{mime_type};base64,{base64.b64encode(path.read_bytes()).decode()}"


DOWNLOAD_ICON = (
    '<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5M12 15V3"/></svg>'
)
