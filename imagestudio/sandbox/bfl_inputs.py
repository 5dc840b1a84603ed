"""Checking a submitted body the way BFL's FastAPI does: 422 with a list of details."""

import asyncio
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse

from imagestudio.sandbox.bfl_models import Endpoint, Inputs
from imagestudio.sandbox.drawing import PRETEND_SIZE, measure
from imagestudio.sandbox.inputs import from_base64, is_reachable, is_url


@dataclass(frozen=True, slots=True)
class Submission:
    """A good request with its first input picture, if any."""

    inputs: Inputs
    source: bytes | str | None
    source_size: tuple[int, int] | None
    source_pixels: int
    """Of all input pictures together."""


class Refused(Exception):
    """The request does not pass; `answer` says why."""

    def __init__(self, answer: JSONResponse) -> None:
        super().__init__("refused")
        self.answer = answer


async def read_submission(endpoint: Endpoint, body: bytes) -> Submission:
    """Raises Refused."""
    try:
        inputs = endpoint.inputs.model_validate_json(body)
    except ValidationError as error:
        raise Refused(validation_answer(error)) from error
    pictures = [await _picture(endpoint, field, text) for field, text in inputs.images()]
    source, size = pictures[0] if pictures else (None, None)
    return Submission(inputs, source, size, sum(width * height for _, (width, height) in pictures))


def validation_answer(error: ValidationError) -> JSONResponse:
    details = [
        {"loc": ["body", *problem["loc"]], "msg": problem["msg"], "type": problem["type"]}
        for problem in error.errors(include_url=False)
    ]
    return JSONResponse({"detail": details}, 422)


async def _picture(endpoint: Endpoint, field: str, text: str) -> tuple[bytes | str, tuple[int, int]]:
    if is_url(text):
        if not is_reachable(text):
            raise _bad_image(field, "The image URL could not be fetched.")
        return text, PRETEND_SIZE
    data = from_base64(text)
    size = await asyncio.to_thread(measure, data) if data else None
    if not data or not size:
        raise _bad_image(field, "The image is neither an http(s) URL nor the bare base64 of a picture.")
    if endpoint.image_bytes and len(data) > endpoint.image_bytes:
        raise _bad_image(field, "The image is larger than 20 MB.")
    return data, size


def _bad_image(field: str, message: str) -> Refused:
    detail: list[dict[str, Any]] = [{"loc": ["body", field], "msg": message, "type": "value_error"}]
    return Refused(JSONResponse({"detail": detail}, 422))
