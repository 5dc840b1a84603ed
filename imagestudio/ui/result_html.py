"""Pictures of a run, as HTML. Whatever came from outside is escaped; an SVG is only ever an image."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from imagestudio.catalog import MODELS
from imagestudio.core.errors import NotFound
from imagestudio.core.job import Job, StoredFile
from imagestudio.core.request import Task
from imagestudio.media.formats import SVG
from imagestudio.studio.service import Studio
from imagestudio.ui.examples import examples
from imagestudio.ui.locale import Texts

Address = Callable[[StoredFile, Path], str]
"""Where the browser may fetch a file that lies at a path, as the page itself is addressed."""
MOST_INLINE = 1_000_000
"""Bytes of a drawing that the page holds; of a larger one it holds a picture."""
RATIO_UNIT = 128
"""Pixels of one part of a ratio where only that is known: a frame is as wide as its picture at most."""
FRAME = (1024, 1024)
"""The shape a run is expected in when nothing tells."""


def empty(task: Task, texts: Texts) -> str:
    """The mat before the first run, with examples to begin with."""
    return (
        f'<div class="mat empty"><p>{escape(texts.empty_title[task])}</p>'
        f'<p>{escape(texts.empty_hint[task])} <span class="keys">{escape(texts.empty_keys)}</span></p>'
        f"{examples(task, texts)}</div>"
    )


def failed(job: Job, texts: Texts) -> str:
    """The mat of a job without a picture: what it wanted, and the examples are out of the way. What came in
    the picture's place can be had."""
    kept = "".join(
        f'<p><a href="visitor/files/{file.id}" download>{DOWNLOAD_ICON}{escape(texts.download)}</a></p>'
        for file in job.leftovers
    )
    return (
        f'<div class="mat empty" data-job="{job.id}"><p>{escape(texts.empty_title[job.task])}</p>'
        f"<p>{escape(texts.empty_hint[job.task])}</p>{kept}</div>"
    )


async def arriving(studio: Studio, job: Job, address: Address, texts: Texts) -> str:
    """What is there of a running job, each picture in its frame's place."""
    return frame(job, await _figures(studio, job, address, texts))


def frame(job: Job, there: str = "") -> str:
    """A still frame for each picture that is to come, in the shape that it will have, so that nothing jumps
    when it arrives."""
    width, height = _expected(job)
    one = (
        f'<figure style="{_shape(width, height)}"><div class="frame"></div><figcaption></figcaption></figure>'
    )
    count = max(1, len(job.calls), int(job.controls.get("num_images", 1)))
    frames = one * max(0, count - len(job.pictures))
    return f'<div class="mat running" data-job="{job.id}" data-count="{count}">{there}{frames}</div>'


def _expected(job: Job) -> tuple[int, int]:
    spec = MODELS.get(job.model)
    size = spec.size(job.controls) if spec else None
    if size is None and (ratio := job.controls.get("aspect_ratio")):
        across, down = ratio.split(":")
        return int(across) * RATIO_UNIT, int(down) * RATIO_UNIT
    return size or FRAME


async def pictures(studio: Studio, job: Job, address: Address, texts: Texts) -> str:
    """The pictures as large as fits, each with its download; the bytes are the provider's own. A single edit
    can be compared with what it was made of."""
    if not job.pictures:
        return ""
    figures = await _figures(studio, job, address, texts)
    attributes = f'data-job="{job.id}" data-count="{len(job.pictures)}"'
    if job.input_file and len(job.pictures) == 1:
        attributes += f' data-before="visitor/files/{job.input_file}"'
    return f'<div class="mat done" {attributes}>{figures}</div>'


async def _figures(studio: Studio, job: Job, address: Address, texts: Texts) -> str:
    figures = [
        await asyncio.to_thread(_figure, await _shown(studio, file, address), job, texts)
        for file in job.pictures
    ]
    return "".join(figures)


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


def _figure(shown: _Shown, job: Job, texts: Texts) -> str:
    file = shown.file
    link = shown.address
    source = shown.drawing if file.mime_type == SVG else link if file.can_be_shown else None
    return (
        f'<figure style="{_shape(file.width, file.height)}">'
        f"{_image(source, file, job, texts)}"
        f'<figcaption><a href="{escape(link)}" download="{escape(shown.path.name)}">{DOWNLOAD_ICON}'
        f"{escape(texts.download)}</a>{_edit_button(file, texts)}</figcaption></figure>"
    )


def _edit_button(file: StoredFile, texts: Texts) -> str:
    if file.mime_type == SVG or not file.can_be_shown:
        return ""  # no model edits a drawing, or what can't be read
    label = escape(texts.forms["edit_this"])
    return f'<button type="button" class="link" data-edits="{file.id}">{label}</button>'


def _shape(width: int, height: int) -> str:
    width, height = (width, height) if width and height else FRAME
    return f"--width: {width}px; --ratio: {width / height:.4f}"


async def _drawing(studio: Studio, file: StoredFile) -> str | None:
    """A drawing as data for <img>: rewritten so that it only draws, or, a large one, drawn."""
    if file.mime_type != SVG:
        return None
    try:
        path = await studio.drawing(file.id)
        if (await asyncio.to_thread(path.stat)).st_size <= MOST_INLINE:
            return await asyncio.to_thread(_data_uri, path, SVG)
        _, preview = await studio.preview(file.id)
        return await asyncio.to_thread(_data_uri, preview, "image/webp")
    except NotFound:
        return None


def _image(source: str | None, file: StoredFile, job: Job, texts: Texts) -> str:
    if source is None:
        told = texts.not_shown if file.mime_type == SVG else texts.not_read
        return f'<div class="frame"><p>{escape(told)}</p></div>'
    size = f'width="{file.width}" height="{file.height}"'
    return f'<img src="{escape(source)}" alt="{escape(job.prompt)}" {size}>'


def _data_uri(path: Path, mime_type: str) -> str:
    return f"data:{mime_type};base64,{base64.b64encode(path.read_bytes()).decode()}"


DOWNLOAD_ICON = (
    '<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5M12 15V3"/></svg>'
)
