"""Favourites, and pictures that are deleted and brought back, one or many at a time."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.responses import Response

from imagestudio.api.bodies import read_object
from imagestudio.api.page.guard import PRIVATE, page_router, visiting
from imagestudio.api.responses import success
from imagestudio.core.errors import InvalidParameter, NotFound
from imagestudio.core.job import StoredFile
from imagestudio.core.messages import Message

MOST = 500
"""Pictures at a time."""

router = page_router()


@router.put("/files/{file_id}/favourite")
async def favour(request: Request, file_id: str) -> Response:
    """Keep a picture for good."""
    file = await visiting(request).set_favourite(file_id, True)
    return success({"id": file.id, "favourite": file.favourite}, headers=PRIVATE)


@router.delete("/files/{file_id}/favourite")
async def unfavour(request: Request, file_id: str) -> Response:
    """Keep a picture as long as any other."""
    file = await visiting(request).set_favourite(file_id, False)
    return success({"id": file.id, "favourite": file.favourite}, headers=PRIVATE)


@router.post("/library/delete")
async def delete(request: Request) -> Response:
    """Delete the pictures of the body's `ids`; those that were there to be deleted. For a day they can be
    brought back."""
    studio = visiting(request)
    return success({"ids": await _each(await _ids(request), studio.delete_file)}, headers=PRIVATE)


@router.post("/library/restore")
async def restore(request: Request) -> Response:
    """Bring back the pictures of the body's `ids`; those that could be brought back."""
    studio = visiting(request)
    return success({"ids": await _each(await _ids(request), studio.restore_file)}, headers=PRIVATE)


async def _ids(request: Request) -> list[str]:
    return checked_ids((await read_object(request)).get("ids"))


def checked_ids(ids: object) -> list[str]:
    """Ids of pictures, each once. Raises `InvalidParameter`."""
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise InvalidParameter(Message("page.ids"), field="ids")
    if len(ids) > MOST:
        raise InvalidParameter(Message("page.too_many", most=MOST), field="ids", allowed={"max": MOST})
    return list(dict.fromkeys(ids))


async def _each(ids: list[str], change: Callable[[str], Awaitable[StoredFile]]) -> list[str]:
    changed = []
    for file_id in ids:
        try:
            changed.append((await change(file_id)).id)
        except NotFound:
            continue
    return changed
