"""Parameters and answers that several routes declare."""

from typing import Annotated, Any

from fastapi import Path

from imagestudio.api.openapi.errors import Responses, access, busy, missing, refused
from imagestudio.api.params import KEY, LONGEST_KEY
from imagestudio.api.schemas import EXAMPLE_ID, Answer, Job

# Declared, not checked: an id of another form is one that there is not, and is answered so.
_ID = {"pattern": "^[0-9a-f]{32}$", "examples": [EXAMPLE_ID]}
JobPath = Annotated[str, Path(json_schema_extra=_ID)]
FilePath = Annotated[str, Path(json_schema_extra=_ID)]
TokenPath = Annotated[str, Path(description="As the link has it.", examples=["kVbH0Zr5m8Qd2uXy7TgWcA"])]
OPEN: dict[str, Any] = {"security": []}
"""For routes that ask for no key."""


def header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """A request header that may be left out. What reads it is not FastAPI, so its schema stands here."""
    schema = {"type": "string", **schema}
    return {"name": name, "in": "header", "required": False, "schema": schema, "description": description}


PREFER = header("Prefer", "`respond-async` answers 202 at once.")
IDEMPOTENCY_KEY = header(
    KEY,
    "The same key and request give the same job, however often; with another request it is 409.",
    minLength=1,
    maxLength=LONGEST_KEY,
)
RANGES = [
    header("Range", "Bytes, in one range or several."),
    header("If-Range", "The ETag that the range belongs to."),
    header("If-None-Match", "The ETag that is known already."),
]
GOES_ON: Responses = {
    202: {
        "model": Answer[Job],
        "description": "The job goes on; ask for it at Location.",
        "headers": {
            "Location": {"schema": {"type": "string", "format": "uri"}, "description": "The job's address."},
            "Preference-Applied": {
                "schema": {"type": "string", "const": "respond-async"},
                "description": "Where it was asked for.",
            },
        },
    }
}


def picture(*, asks_for_key: bool = True, made: bool = False) -> dict[str, Any]:
    """What a route declares that answers a picture's bytes, which are `made` when first asked for."""
    whole = {
        "headers": {name: {"schema": {"type": "string"}} for name in ("ETag", "Cache-Control")},
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
    return {
        "openapi_extra": {"parameters": RANGES, **({} if asks_for_key else OPEN)},
        "responses": {
            200: {"description": "The bytes; of a picture, exactly as the provider sent them.", **whole},
            206: {"description": "The ranges asked for.", **whole},
            304: {"description": "Unchanged."},
            416: {"description": "No such range; Content-Range names the size."},
            **refused(
                *(access() if asks_for_key else ()),
                *missing(),
                *(busy() if made else ()),
                any_name=not asks_for_key,
            ),
        },
    }
