"""Pictures to take away: converted, with their recipe, many in a zip; and a job's request to paste."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams, UploadFile
from starlette.responses import Response, StreamingResponse

from imagestudio.access.identity import Identity
from imagestudio.api.bodies import work_in_turn
from imagestudio.api.deps import count_conversion, origin_of, studio_of
from imagestudio.api.file_response import FileBytes, policy_of
from imagestudio.api.library import checked_ids
from imagestudio.api.query import takes
from imagestudio.api.responses import PRIVATE, GuardedRoute, private
from imagestudio.catalog import MODELS
from imagestudio.core.errors import InvalidModel, InvalidParameter, MissingField, NotFound
from imagestudio.core.job import Job, StoredFile
from imagestudio.core.messages import Message
from imagestudio.media.export.conversion import Conversion, Format
from imagestudio.media.export.embed import read_recipe
from imagestudio.media.export.pack import Item, pack
from imagestudio.media.export.recipe import Recipe
from imagestudio.media.formats import SVG
from imagestudio.studio.downloads import ZIP, recipe_for
from imagestudio.studio.service import Studio
from imagestudio.studio.snippets import as_curl, as_gradio_client, as_httpx, request_of

ORIGINALS = ("original", "svg")
FORMATS: dict[str, Format] = {"png": "png", "webp": "webp", "jpeg": "jpeg"}
ZIP_NAME = "image-studio.zip"

router = APIRouter(route_class=GuardedRoute)


@router.get("/files/{file_id}/download")
@takes("format", "side", "quality", "recipe")
async def download(request: Request, file_id: str) -> Response:
    """A picture in `format` (original, png, webp, jpeg, svg), `side` pixels long at most, of `quality`
    1 to 100; with `recipe=1` its recipe is in it or, where it can't be, beside it in a zip."""
    studio, query = studio_of(request), request.query_params
    file, job = await _made(studio, file_id)
    conversion = _counted(request, _wanted(query, file))
    recipe = recipe_for(job, await _source(studio, job)) if query.get("recipe") == "1" else None
    taken = await studio.export(job, file, conversion, recipe)
    headers = {**PRIVATE, **policy_of(taken.mime_type), "Content-Disposition": _attached(taken.name)}
    if isinstance(taken.source, bytes):
        return Response(taken.source, media_type=taken.mime_type, headers=headers)
    return FileBytes(taken.source, media_type=taken.mime_type, headers=headers)


@router.get("/files/{file_id}/download/losses")
@takes("format", "side", "quality", "recipe")
async def read_losses(request: Request, file_id: str) -> Response:
    """What the `download` of the same query is not any more, or does not hold, by codes: credentials,
    transparency, animation, enlarging, recipe_beside."""
    studio, query = studio_of(request), request.query_params
    file, job = await _made(studio, file_id)
    recipe = recipe_for(job, None) if query.get("recipe") == "1" else None
    found = await studio.export_losses(file, _counted(request, _wanted(query, file)), recipe)
    return private({"losses": list(found)})


def _counted(request: Request, conversion: Conversion | None) -> Conversion | None:
    if conversion is not None:
        count_conversion(request)
    return conversion


@router.post("/library/zip")
async def download_many(request: Request) -> Response:
    """The pictures of the form's `ids`, with commas between, as they came; with `recipes` theirs beside them.
    At most 500: more would be hours of a slow line. What is gone is named in the zip."""
    studio = studio_of(request)
    form = await request.form()
    ids = checked_ids([one for one in str(form.get("ids") or "").split(",") if one])
    items = [await _item(studio, file_id, bool(form.get("recipes"))) for file_id in ids]
    headers = {**PRIVATE, "Content-Disposition": _attached(ZIP_NAME)}
    return StreamingResponse(_pieces([item for item in items if item]), media_type=ZIP, headers=headers)


@router.get("/snippets/{job_id}")
async def snippets(request: Request, job_id: str) -> Response:
    """A job's request for a shell, for Python, and for Gradio's client in Python."""
    identity: Identity = request.app.state.identity
    job = await studio_of(request).job(job_id)
    asked = request_of(job, origin_of(request), needs_key=await identity.ring.has_keys())
    texts = {"curl": as_curl(asked), "python": as_httpx(asked), "gradio_client": as_gradio_client(asked)}
    return private(texts)


@router.post("/recipe")
async def read_settings(request: Request) -> Response:
    """The settings in the form's `file`, for the tab of their task; null where it holds no recipe."""
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise MissingField(Message("page.no_file"), field="file")
        recipe = await work_in_turn(request.scope, partial(read_recipe, await file.read()))
    return private({"recipe": _settings(recipe) if recipe else None})


def _settings(recipe: Recipe) -> dict[str, object]:
    if recipe.model not in MODELS:
        raise InvalidModel(Message("page.recipe_model"), field="model")
    fields = {"prompt": recipe.prompt, "model": recipe.model, **recipe.model_dump()["controls"]}
    return {"task": recipe.task, "fields": fields, "model_name": MODELS[recipe.model].name}


async def _made(studio: Studio, file_id: str) -> tuple[StoredFile, Job]:
    file, _ = await studio.file(file_id)
    if file.job_id is None:
        raise NotFound(Message("page.given_take_original"))
    return file, await studio.job(file.job_id)


async def _source(studio: Studio, job: Job) -> StoredFile | None:
    try:
        return (await studio.file(job.input_file))[0] if job.input_file else None
    except NotFound:
        return None


async def _item(studio: Studio, file_id: str, with_recipe: bool) -> Item | None:
    try:
        file, job = await _made(studio, file_id)
    except NotFound:  # deleted meanwhile
        return None
    recipe = recipe_for(job, await _source(studio, job)) if with_recipe else None
    return studio.zip_item(job, file, recipe)


def _pieces(items: list[Item]) -> Iterator[bytes]:
    yield from filter(None, pack(items))


def _wanted(query: QueryParams, file: StoredFile) -> Conversion | None:
    chosen = query.get("format", "original")
    if chosen == "svg" and file.mime_type != SVG:
        raise InvalidParameter(Message("page.svg_only"), field="format")
    if chosen in ORIGINALS:
        return None
    if chosen not in FORMATS:
        allowed = [*ORIGINALS, *FORMATS]
        raise InvalidParameter(Message("page.format", allowed=allowed), field="format", allowed=allowed)
    return Conversion(FORMATS[chosen], _number(query, "side"), _number(query, "quality") or 90)


def _number(query: QueryParams, name: str) -> int | None:
    text = query.get(name)
    if not text:
        return None
    if not (text.isdecimal() and text.isascii() and len(text) < 7):
        raise InvalidParameter(Message("page.whole_number", field=name), field=name)
    return int(text)


def _attached(name: str) -> str:
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
