"""Links to pictures, as OpenAPI has them."""

from typing import Any

from imagestudio.api.openapi import errors as failures
from imagestudio.api.openapi.components import Schema, record, succeeded
from imagestudio.api.openapi.errors import responses
from imagestudio.api.openapi.parts import answer

TOKEN: Schema = {
    "type": "string",
    "description": "As the link has it.",
    "examples": ["kVbH0Zr5m8Qd2uXy7TgWcA"],
}
LINK: Schema = {"type": "string", "format": "uri", "description": "Opens the picture, to everybody."}


def share() -> dict[str, Any]:
    """The operations of a picture's link."""
    make, close = (
        "Make a link that opens a picture to everybody, without a key",
        "Close the link to a picture",
    )
    told = (
        "The same link each time, until it is revoked. It tells neither whose picture it is nor the prompt."
    )
    return {
        "post": _operation("shareFile", make, told, LINK),
        "delete": _operation("revokeShare", close, "A later link has another address.", {"type": "null"}),
    }


def _operation(name: str, summary: str, description: str, url: Schema) -> dict[str, Any]:
    failed = [*failures.access(), *failures.foreign(), *failures.missing(), *failures.ours()]
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "responses": {
            "200": answer("How it stands now.", succeeded(record({"url": url}))),
            **responses(failed),
        },
    }
