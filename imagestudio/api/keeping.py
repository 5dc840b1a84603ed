"""What becomes of stored pictures: favourites stay for good, deleted ones can be brought back for a day."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from imagestudio.api.deps import require_access, studio_of
from imagestudio.api.errors import GuardedRoute
from imagestudio.api.responses import success
from imagestudio.api.views import API, timestamp
from imagestudio.core.deletion import restorable_until
from imagestudio.core.job import StoredFile

router = APIRouter(prefix=f"{API}/files", route_class=GuardedRoute, dependencies=[Depends(require_access)])


@router.put("/{file_id}/favourite")
async def favour(request: Request, file_id: str) -> Response:
    """Keep a picture for good."""
    return success(_view(await studio_of(request).set_favourite(file_id, True)))


@router.delete("/{file_id}/favourite")
async def unfavour(request: Request, file_id: str) -> Response:
    """Keep a picture as long as any other."""
    return success(_view(await studio_of(request).set_favourite(file_id, False)))


@router.delete("/{file_id}")
async def delete_file(request: Request, file_id: str) -> Response:
    """Delete a picture. It can be brought back for a day."""
    return success(_view(await studio_of(request).delete_file(file_id)))


@router.post("/{file_id}/restore")
async def restore_file(request: Request, file_id: str) -> Response:
    """Bring a deleted picture back."""
    return success(_view(await studio_of(request).restore_file(file_id)))


def _view(file: StoredFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "job_id": file.job_id,
        "favourite": file.favourite,
        "deleted": file.gone is not None,
        "restorable_until": timestamp(restorable_until(file)),
    }
