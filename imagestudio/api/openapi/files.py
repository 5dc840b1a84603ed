"""Keeping, deleting and bringing back pictures, as OpenAPI has it."""

from typing import Any

from imagestudio.api.openapi import errors as failures
from imagestudio.api.openapi.components import TEXT, Schema, instant, record, ref, succeeded
from imagestudio.api.openapi.errors import responses
from imagestudio.api.openapi.parts import JOB_ID, answer


def file_state() -> Schema:
    """Whether a stored picture is kept for good, or deleted."""
    return record(
        {
            "id": TEXT,
            "job_id": {"anyOf": [JOB_ID, {"type": "null"}], "description": "null for a picture to edit."},
            "favourite": {"type": "boolean", "description": "Never deleted by itself."},
            "deleted": {"type": "boolean"},
            "restorable_until": instant(null=True) | {"description": "null where it is not deleted."},
        }
    )


def favourite() -> dict[str, Any]:
    """The operations of a picture's mark."""
    return {
        "put": _operation("favourFile", "Keep a picture for good: it is never deleted by itself"),
        "delete": _operation("unfavourFile", "Keep a picture only as long as any other"),
    }


def delete() -> dict[str, Any]:
    """The operation that deletes a picture."""
    return _operation("deleteFile", "Delete a picture; for a day it can be brought back. Its job stays")


def restore() -> dict[str, Any]:
    """The operation that brings it back."""
    return _operation("restoreFile", "Bring a picture back that was deleted less than a day ago")


def _operation(name: str, summary: str) -> dict[str, Any]:
    failed = [*failures.access(), *failures.foreign(), *failures.missing(), *failures.ours()]
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": answer("How it stands now.", succeeded(ref("FileState"))),
            **responses(failed),
        },
    }
