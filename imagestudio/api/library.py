"""Everything that the page's visitor has made: searched, one picture in detail, and what becomes of them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, get_args

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from imagestudio.api.bodies import read_object
from imagestudio.api.deps import origin_of, studio_of
from imagestudio.api.files import shared_url
from imagestudio.api.params import period_end, period_start
from imagestudio.api.query import takes
from imagestudio.api.responses import GuardedRoute, language_of, private
from imagestudio.catalog import MODELS
from imagestudio.core.errors import InvalidParameter, NotFound
from imagestudio.core.job import Job, StoredFile
from imagestudio.core.messages import Message
from imagestudio.core.request import Task
from imagestudio.jobs.document import job_document, timestamp
from imagestudio.providers import PROVIDERS
from imagestudio.store.library import Filter, LibraryEntry
from imagestudio.studio.lineage import Node, run_of, tree_around
from imagestudio.studio.service import Studio

PAGE, LARGEST_PAGE = 60, 200
COUNTED = 1000
"""More are not counted: that would take longer than showing them."""
LONGEST_SEARCH = 500
MOST_IDS = 500
"""Pictures at a time."""
TASKS: dict[str, Task] = {task: task for task in get_args(Task)}

router = APIRouter(route_class=GuardedRoute)


@router.get("/library")
@takes("q", "model", "provider", "task", "from", "to", "favourites", "limit", "before", "after")
async def read_page(request: Request) -> Response:
    """Pictures, newest first: older than the cursor `before`, newer than `after`, or the newest. How many
    there are, up to a thousand, is told with the first page; with all but older ones, whether more are
    `running`."""
    studio, query = studio_of(request), request.query_params
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
    return private(answer)


@router.get("/library/{file_id}")
async def read_detail(request: Request, file_id: str) -> Response:
    """What was asked, sent and got for a picture, and what it came from."""
    studio = studio_of(request)
    file, _ = await studio.file(file_id)
    if file.job_id is None:
        raise NotFound(Message("page.given_not_asked"))
    job = await studio.job(file.job_id)
    return private(await _detail(request, studio, file, job))


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
        # The seed as text: browsers know whole numbers up to 2⁵³, providers name larger ones.
        "job": job_document(job, origin, language_of(request.scope)) | {"seed": _as_text(job.seed)},
        "shared_url": shared_url(origin, token) if (token := await studio.share_token(file.id)) else None,
        "lineage": await _lineage(studio, file.id),
    }


def _as_text(number: int | None) -> str | None:
    return None if number is None else str(number)


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


async def _lineage(studio: Studio, file_id: str) -> dict[str, Any]:
    """The tree of edits around a picture, parents first. `shown` says whether a picture is still there;
    `path` names the pictures from the first one to this."""
    jobs = await studio.edit_family(file_id)
    tree = tree_around(file_id, map(run_of, jobs))
    gone = {file.id for job in jobs for file in job.files if file.gone is not None}
    if tree.root.run is None and not await _is_there(studio, tree.root.file):
        gone.add(tree.root.file)
    return {
        "nodes": [_node_view(node, shown=node.file not in gone) for node in tree.nodes],
        "path": [node.file for node in tree.path(file_id)],
        "total_usd": tree.total_usd,
    }


async def _is_there(studio: Studio, file_id: str) -> bool:
    try:
        await studio.file(file_id)
    except NotFound:
        return False
    return True


def _node_view(node: Node, *, shown: bool) -> dict[str, Any]:
    run = node.run
    return {
        "id": node.file,
        "parent": node.parent,
        "depth": node.depth,
        "shown": shown,
        "job_id": run.job_id if run else None,
        "prompt": run.prompt if run else None,
        "model": run.model if run else None,
        "usd": run.usd if run else None,
        "path_usd": node.path_usd,
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
        since=period_start(query.get("from") or None, "from"),
        until=period_end(query.get("to") or None, "to"),
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


@router.put("/files/{file_id}/favourite")
async def favour_file(request: Request, file_id: str) -> Response:
    """Keep a picture for good."""
    file = await studio_of(request).set_favourite(file_id, True)
    return private({"id": file.id, "favourite": file.favourite})


@router.delete("/files/{file_id}/favourite")
async def unfavour_file(request: Request, file_id: str) -> Response:
    """Keep a picture as long as any other."""
    file = await studio_of(request).set_favourite(file_id, False)
    return private({"id": file.id, "favourite": file.favourite})


@router.post("/library/delete")
async def delete_files(request: Request) -> Response:
    """Delete the pictures of the body's `ids`; those that were there to be deleted. For a day they can be
    brought back."""
    studio = studio_of(request)
    return private({"ids": await _each(await _ids(request), studio.delete_file)})


@router.post("/library/restore")
async def restore_files(request: Request) -> Response:
    """Bring back the pictures of the body's `ids`; those that could be brought back."""
    studio = studio_of(request)
    return private({"ids": await _each(await _ids(request), studio.restore_file)})


async def _ids(request: Request) -> list[str]:
    return checked_ids((await read_object(request)).get("ids"))


def checked_ids(ids: object) -> list[str]:
    """Ids of pictures, each once. Raises `InvalidParameter`."""
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise InvalidParameter(Message("page.ids"), field="ids")
    if len(ids) > MOST_IDS:
        raise InvalidParameter(
            Message("page.too_many", most=MOST_IDS), field="ids", allowed={"max": MOST_IDS}
        )
    return list(dict.fromkeys(ids))


async def _each(ids: list[str], change: Callable[[str], Awaitable[StoredFile]]) -> list[str]:
    changed = []
    for file_id in ids:
        try:
            changed.append((await change(file_id)).id)
        except NotFound:
            continue
    return changed
