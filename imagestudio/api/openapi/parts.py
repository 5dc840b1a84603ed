"""Pieces that operations share in the OpenAPI document."""

from typing import Any

from imagestudio.api.openapi.components import Schema, ref, succeeded
from imagestudio.api.openapi.errors import EXAMPLE_ID
from imagestudio.api.params import KEY, LONGEST_KEY

JOB_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$", "examples": [EXAMPLE_ID]}
PREFER = "`respond-async` answers 202 at once."
ONCE = "The same key and request give the same job, however often; with another request it is 409."


def answer(description: str, schema: Schema) -> dict[str, Any]:
    """An answer in JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def in_path(name: str, schema: Schema) -> dict[str, Any]:
    """A part of the address."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def optional(where: str, name: str, schema: Schema, description: str) -> dict[str, Any]:
    """A query parameter or a header that may be left out."""
    return {"name": name, "in": where, "required": False, "schema": schema, "description": description}


def prefer() -> dict[str, Any]:
    """The header that asks not to be kept waiting."""
    return optional("header", "Prefer", {"type": "string"}, PREFER)


def idempotency_key() -> dict[str, Any]:
    """The header that makes a retry safe."""
    key = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}
    return optional("header", KEY, key, ONCE)


def goes_on() -> dict[str, Any]:
    """The answer for a job that has not ended."""
    location = {"schema": {"type": "string", "format": "uri"}, "description": "The job's address."}
    applied = {
        "schema": {"type": "string", "const": "respond-async"},
        "description": "Where it was asked for.",
    }
    headers = {"Location": location, "Preference-Applied": applied}
    return answer("The job goes on; ask for it at Location.", succeeded(ref("Job"))) | {"headers": headers}
