"""Everything that this visitor has made: pages of it, searched and filtered, and one picture in detail."""

from contextlib import suppress
from typing import Any, get_args

from fastapi import Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from imagestudio.api.dates import beginning, end
from imagestudio.api.errors import language_of
from imagestudio.api.origin import origin_of
from imagestudio.api.page.guard import PRIVATE, page_router, visiting
from imagestudio.api.page.lineage import lineage_view
from imagestudio.api.responses import success
from imagestudio.api.shared import shared_url
from imagestudio.api.views import job_view, timestamp
from imagestudio.catalog import MODELS
from imagestudio.core.errors import InvalidParameter, NotFound
from imagestudio.core.job import Job, StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.providers import PROVIDERS
from imagestudio.store.library import Filter, LibraryEntry
from imagestudio.studio.service import Studio

PAGE, LARGEST_PAGE = 60, 200
COUNTED = 1000
"""More are not counted: that would take longer than showing them."""
LONGEST_SEARCH = 500
TASKS: dict[str, Task] = {task: task for task in get_args(Task)}

router = page_router("/visitor/library")


@router.get("")
async def read_page(request: Request) -> Response:
    """Pictures, newest first: older than the cursor `before`, newer than `after`, or the newest. How many
    there are, up to a thousand, is told with the first page; with all but older ones, whether more are
    `running`."""
    studio, query = visiting(request), request.query_params
    wanted, limit = _filter(query), _limit(query)
    before, after = _place(query, "before"), _place(query, "after")
    # Asked first: what ends between the two looks is among the pictures.
    running = before is None and await studio.busy()
    entries = await studio.library_page(wanted, limit + 1, before=before, after=after)
    shown = entries[:limit]
    answer: dict[str, Any] = {
        "pictures": [_entry_view(entry) for entry in shown],
        "next": _cursor(shown[-1].place) if len(entries) > limit else None,
    }
    if before is None:
        answer["running"] = running
    if before is None and after is None:
        count = await studio.count_library(wanted, COUNTED + 1)
        answer["count"] = {"number": min(count, COUNTED), "more": count > COUNTED}
    return success(answer, headers=PRIVATE)


@router.get("/{file_id}")
async def read_detail(request: Request, file_id: str) -> Response:
    """What was asked, sent and got for a picture, and what it came from."""
    studio = visiting(request)
    file, _ = await studio.file(file_id)
    if file.job_id is None:
        raise NotFound(Message("page.given_not_asked"))
    job = await studio.job(file.job_id)
    return success(await _detail(request, studio, file, job), headers=PRIVATE)


async def _detail(request: Request, studio: Studio, file: StoredFile, job: Job) -> dict[str, Any]:
    origin = origin_of(request)
    call = job.calls[file.call] if file.call is not None else None
    began, ended = (call.submitted_at, call.finished_at) if call else (job.started_at, job.finished_at)
    return {
        **_file_view(file, job.prompt, job.model, job.provider, job.task),
        "seconds": round(ended - began, 1) if began is not None and ended is not None else None,
        "estimate_usd": await _estimate(studio, job),
        "controls": job.controls,
        "input_file": job.input_file,
        "job": await job_view(studio, job, origin, inline=False, language=language_of(request.scope)),
        "shared_url": shared_url(origin, token) if (token := await studio.share_token(file.id)) else None,
        "lineage": await lineage_view(studio, file.id),
    }


async def _estimate(studio: Studio, job: Job) -> float | None:
    """USD for the same once more. What is priced by the picture to edit is unknown once that is gone."""
    if job.model not in MODELS:
        return None
    pixels = None
    if job.input_file is not None:
        with suppress(NotFound):
            source, _ = await studio.file(job.input_file)
            pixels = source.width * source.height
    return studio.estimate(job.model, job.controls, pixels)


def _entry_view(entry: LibraryEntry) -> dict[str, Any]:
    view = _file_view(entry.file, entry.prompt, entry.model, entry.provider, entry.task)
    return {**view, "cursor": _cursor(entry.place)}


def _file_view(file: StoredFile, prompt: str, model: str, provider: str, task: Task) -> dict[str, Any]:
    spec, known = MODELS.get(model), PROVIDERS.get(provider)
    return {
        "id": file.id,
        "job_id": file.job_id,
        "prompt": prompt,
        "model": model,
        "model_name": spec.name if spec else model,
        "provider": provider,
        "provider_name": known.title if known else provider,
        "task": task,
        "created_at": timestamp(file.created_at),
        "mimeType": file.mime_type,
        "width": file.width,
        "height": file.height,
        "bytes": file.bytes,
        "favourite": file.favourite,
    }


def _filter(query: QueryParams) -> Filter:
    text = query.get("q", "")
    if len(text) > LONGEST_SEARCH:
        raise InvalidParameter(Message("page.search_too_long", most=LONGEST_SEARCH), field="q")
    return Filter(
        text=text,
        model=query.get("model") or None,
        provider=query.get("provider") or None,
        task=_task(query.get("task")),
        since=beginning(query.get("from") or None, "from"),
        until=end(query.get("to") or None, "to"),
        favourites=query.get("favourites") == "1",
    )


def _task(text: str | None) -> Task | None:
    if text and text not in TASKS:
        raise InvalidParameter(Message("page.task"), field="task", allowed=list(TASKS))
    return TASKS[text] if text else None


def _limit(query: QueryParams) -> int:
    text = query.get("limit", str(PAGE))
    if not (text.isdecimal() and len(text) < 5 and 1 <= int(text) <= LARGEST_PAGE):
        raise InvalidParameter(Message("page.limit", most=LARGEST_PAGE), field="limit")
    return int(text)


def _cursor(place: int) -> str:
    return f"{place:x}"


def _place(query: QueryParams, name: str) -> int | None:
    if (text := query.get(name)) is None:
        return None
    try:
        if len(text) > 15:
            raise ValueError
        return int(text, 16)
    except ValueError:
        raise InvalidParameter(Message("page.cursor", field=name), field=name) from None
