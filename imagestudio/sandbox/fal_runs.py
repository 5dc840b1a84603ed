"""What becomes of a queued body: the pictures it asks for, or the failure it will end in."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from imagestudio.sandbox.drawing import PRETEND_SIZE, Wish, measure
from imagestudio.sandbox.fal_endpoints import Endpoint
from imagestudio.sandbox.fal_errors import RUN_FAILED, Failure, invalid, model_error, moderated
from imagestudio.sandbox.fal_models import Inputs, Place
from imagestudio.sandbox.fal_sizes import Size
from imagestudio.sandbox.inputs import from_data_uri, is_reachable, is_url


@dataclass(slots=True, kw_only=True)
class Run:
    """What the queue remembers of a request: not its input pictures, which would fill the memory."""

    endpoint: str
    spec: Endpoint
    prompt: str = ""
    seed: int = 0
    size: Size = (0, 0)
    usd: float = 0.0
    failure: Failure | None = None
    nsfw: bool = False
    sync_mode: bool = False


class BadImage(Exception):
    """An input picture that cannot be used."""

    def __init__(self, failure: Failure) -> None:
        super().__init__("bad image")
        self.failure = failure


async def plan(endpoint: str, spec: Endpoint, body: Any, words: frozenset[str]) -> tuple[Run, list[Wish]]:
    """Checks the body as the runner will; nothing is told of it before the run is over.

    The wishes are the pictures to draw, none where the run is to fail.
    """
    run = Run(endpoint=endpoint, spec=spec)
    try:
        inputs = spec.inputs.model_validate(body, strict=True)
        sources = [await _picture(place, text) for place, text in inputs.images()]
    except ValidationError as error:
        run.failure = invalid(error)
    except BadImage as error:
        run.failure = error.failure
    else:
        return run, _fill(run, inputs, sources, words)
    return run, []


def _scripted(spec: Endpoint, words: frozenset[str]) -> Failure | None:
    if "demo:fail" in words:
        return RUN_FAILED
    if "demo:refuse" in words:
        return moderated(("prompt",))
    if "demo:refuse-image" in words and not spec.marks_nsfw:
        # Where it says "body" alone no field is to blame: it is the picture that was flagged.
        return moderated(())
    return None


def _fill(
    run: Run, inputs: Inputs, sources: list[tuple[bytes | str, Size]], words: frozenset[str]
) -> list[Wish]:
    source, size = sources[0] if sources else (None, None)
    width, height = run.size = inputs.size(size)
    run.failure = _scripted(run.spec, words)
    asked = getattr(inputs, "seed", None)
    run.seed = secrets.randbelow(2**32) if asked is None else asked
    run.prompt, run.sync_mode = inputs.prompt, inputs.on("sync_mode")
    run.nsfw = "demo:refuse-image" in words and inputs.on("enable_safety_checker")
    if run.failure:
        return []
    run.usd = round(run.spec.price(inputs, width * height) * inputs.number(), 6)
    return [
        Wish(inputs.prompt, width, height, run.seed + index, inputs.format(), source, run.nsfw)
        for index in range(inputs.number())
    ]


async def _picture(place: Place, text: str) -> tuple[bytes | str, Size]:
    if is_url(text):
        if not is_reachable(text):
            raise BadImage(model_error(place, "file_download_error", "The file could not be downloaded."))
        return text, PRETEND_SIZE
    data = from_data_uri(text)
    size = await asyncio.to_thread(measure, data) if data else None
    if not data or not size:
        raise BadImage(model_error(place, "image_load_error", "The image could not be loaded."))
    return data, size
