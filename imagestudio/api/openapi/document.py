"""The OpenAPI document, derived from the catalog, the contract's shapes and the error tree."""

from typing import Any

from imagestudio.api.openapi.components import dry_run, image, job, model, record, sent
from imagestudio.api.openapi.errors import error_schemas
from imagestudio.api.openapi.files import file_state
from imagestudio.api.openapi.operations import paths, schema_name
from imagestudio.api.openapi.requests import request_schema
from imagestudio.api.openapi.usage import usage_shape
from imagestudio.api.openapi.version import VERSION
from imagestudio.api.openapi.webhook import job_ended
from imagestudio.catalog import MODELS

ABOUT = (
    "Image models of several providers behind one API. Every request becomes a job that is kept: "
    "what was asked, what was sent, what came back and what it cost. Where calls are limited, every answer "
    "says how often you may call in a minute (X-RateLimit-Limit), how often you still may now "
    "(X-RateLimit-Remaining) and in how many seconds there is room for one more (X-RateLimit-Reset)."
)


def document(root_path: str, *, keys: bool) -> dict[str, Any]:
    """OpenAPI 3.1. `root_path` is the prefix the API is served under; `keys`, whether it asks for one."""
    schemes = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    # {} means none: the schemes are there either way, so that clients are generated with them.
    security: list[dict[str, list[str]]] = [{name: []} for name in schemes]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Image Studio", "version": VERSION, "description": ABOUT},
        "servers": [{"url": root_path.rstrip("/") or "/"}],
        "security": security if keys else [{}, *security],
        "paths": paths(),
        "webhooks": {"jobEnded": {"post": job_ended()}},
        "components": {"securitySchemes": schemes, "schemas": _schemas()},
    }


def _schemas() -> dict[str, Any]:
    health = {"status": {"const": "ok"}, "demo": {"type": "boolean"}, "version": {"type": "string"}}
    requests = {schema_name(spec.task, spec.id): request_schema(spec) for spec in MODELS.values()}
    shapes = {
        "Job": job(),
        "Sent": sent(),
        "DryRun": dry_run(),
        "Usage": usage_shape(),
        "Image": image(),
        "Model": model(),
        "FileState": file_state(),
        "Health": record(health),
    }
    return shapes | error_schemas() | requests
