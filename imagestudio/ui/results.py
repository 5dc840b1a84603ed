"""Pictures of a run, as HTML. Whatever came from outside is escaped; an SVG is only ever an image."""

import asyncio
import base64
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from imagestudio.catalog import MODELS
from imagestudio.generation import Task
from imagestudio.jobs import Job, StoredFile
from imagestudio.media import SVG
from imagestudio.studio import Studio
from imagestudio.ui import texts
from imagestudio.ui.sharing import share

FRAME = (1024, 1024)
"""The shape a run is expected in when nothing tells."""


def empty(task: Task) -> str:
    """The mat before the first run."""
    return (
        f'<div class="mat empty"><p>{escape(texts.EMPTY_TITLE[task])}</p>'
        f'<p>{escape(texts.EMPTY_HINT[task])} <span class="keys">{escape(texts.EMPTY_KEYS)}</span></p></div>'
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


async def pictures(studio: Studio, job: Job) -> str:
    """The pictures as large as fits, each with its download; the bytes are the provider's own."""
    if not job.files:
        return ""
    figures = [await asyncio.to_thread(_figure, await _shown(studio, file), job) for file in job.files]
    return f'<div class="mat done" data-count="{len(figures)}">{"".join(figures)}</div>'


@dataclass(frozen=True, slots=True)
class _Shown:
    file: StoredFile
    path: Path


async def _shown(studio: Studio, file: StoredFile) -> _Shown:
    return _Shown(file, (await studio.file(file.id))[1])


def _figure(shown: _Shown, job: Job) -> str:
    """Blocking: reads an SVG, and copies the file to where the browser may fetch it."""
    file = shown.file
    link = f"gradio_api/file={quote(share(shown.path))}"
    # Gradio serves an SVG as a download only. As data in <img> its scripts don't run either.
    source = _data_uri(shown.path) if file.mime_type == SVG else link
    size = f'width="{file.width}" height="{file.height}"'
    return (
        f'<figure style="{_shape(file.width, file.height)}">'
        f'<img src="{escape(source)}" alt="{escape(job.prompt)}" {size}>'
        f'<figcaption><a href="{escape(link)}" download="{escape(shown.path.name)}">{DOWNLOAD_ICON}'
        f"{escape(texts.DOWNLOAD)}</a></figcaption></figure>"
    )


def _shape(width: int, height: int) -> str:
    return f"--width: {width}px; --ratio: {width / height:.4f}"


def _data_uri(path: Path) -> str:
    return f"data:{SVG};base64,{base64.b64encode(path.read_bytes()).decode()}"


DOWNLOAD_ICON = (
    '<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5M12 15V3"/></svg>'
)
