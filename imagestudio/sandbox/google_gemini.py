"""`:generateContent` for pictures: one a call, answered in the call."""

import asyncio
import base64
import secrets
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from imagestudio.sandbox.bill import Bill
from imagestudio.sandbox.cutting import Dropped, Truncated
from imagestudio.sandbox.drawing import Wish, measure
from imagestudio.sandbox.google_faults import refused_at_the_door, run_failed
from imagestudio.sandbox.google_models import GEMINI, Gemini, Size, gemini_pixels, ratio_of
from imagestudio.sandbox.google_wire import GenerateContent, invalid, refusal
from imagestudio.sandbox.inputs import from_base64
from imagestudio.sandbox.script import Counter, duration_s, words_in
from imagestudio.sandbox.tasks import Easel, Pace

FILTERED = "The image was withheld because it may go against the usage policies."


class GenerateContentMethod:
    """Answers `:generateContent` of the models in GEMINI."""

    def __init__(self, pace: Pace, easel: Easel, bill: Bill, counter: Counter) -> None:
        self._pace, self._easel, self._bill, self._counter = pace, easel, bill, counter

    async def __call__(self, model: str, body: bytes) -> Response:
        try:
            asked = GenerateContent.model_validate_json(body)
        except ValidationError as error:
            return refusal(error)
        sources = [from_base64(part.inline_data.data) for part in asked.parts() if part.inline_data]
        sizes = [await asyncio.to_thread(measure, source or b"") for source in sources]
        if problem := _problem(GEMINI[model], asked, sizes):
            return invalid(problem)
        words = words_in(asked.prompt())
        if fault := refused_at_the_door(words):
            return fault
        if "demo:refuse" in words:
            return JSONResponse(_envelope(model, promptFeedback={"blockReason": "PROHIBITED_CONTENT"}))
        return await self._run(model, asked, _wish(asked, sources, sizes), words)

    async def _run(self, model: str, asked: GenerateContent, wish: Wish, words: frozenset[str]) -> Response:
        withheld = "demo:refuse-image" in words or (
            "demo:one-refused" in words and self._counter.count(wish.prompt) % 4 == 0
        )
        seconds = duration_s(words, wish.width * wish.height)
        if withheld or "demo:fail" in words:
            await self._pace.spend(seconds)
            return run_failed() if "demo:fail" in words else JSONResponse(_candidate(model, "IMAGE_SAFETY"))
        size = asked.generation_config.image_config.image_size or "1K"
        self._bill.add("google", model, secrets.token_hex(8), GEMINI[model].usd[size])
        if "demo:drop" in words:
            return Dropped()
        if "demo:odd-status" in words:
            return JSONResponse(_candidate(model, "SANDBOX_ODD_STATUS"))
        data, _ = await asyncio.gather(self._easel.paint(wish), self._pace.spend(seconds))
        answer = await asyncio.to_thread(_pictured, model, data, words)
        return Truncated(answer.body, media_type="application/json") if "demo:truncate" in words else answer


def _problem(spec: Gemini, asked: GenerateContent, sizes: list[Size | None]) -> str | None:
    """What the model does not take, None for a request that it does."""
    config = asked.generation_config
    ratio, size = config.image_config.aspect_ratio, config.image_config.image_size
    level = config.thinking_config.thinking_level
    if any((part.text is None) == (part.inline_data is None) for part in asked.parts()):
        return "* contents.parts.data: required oneof field 'data' must have one initialized field"
    if not asked.prompt().strip():
        return "* contents.parts: contents.parts must not be empty"
    if "IMAGE" not in config.response_modalities:
        return "The requested combination of response modalities is not supported by the model."
    if ratio is not None and ratio not in spec.ratios:
        return f"Invalid aspect_ratio {ratio!r}. Supported values: {', '.join(spec.ratios)}."
    if size is not None and size not in spec.usd:
        return f"Invalid image_size {size!r}. Supported values: {', '.join(spec.usd)}."
    if level is not None and level not in spec.thinking:
        return f"Thinking level {level} is not supported for this model."
    if len(sizes) > spec.references:
        return f"Too many images: the model takes up to {spec.references}."
    if None in sizes:
        return "Unable to process input image."
    return None


def _wish(asked: GenerateContent, sources: list[bytes | None], sizes: list[Size | None]) -> Wish:
    config = asked.generation_config.image_config
    ratio = ratio_of(config.aspect_ratio) if config.aspect_ratio else None
    if ratio is None:
        first = sizes[0] if sizes else None
        ratio = first[0] / first[1] if first else 1.0
    width, height = gemini_pixels(ratio, config.image_size or "1K")
    source = sources[0] if sources else None
    return Wish(asked.prompt(), width, height, secrets.randbelow(2**32), "png", source)


def _pictured(model: str, data: bytes, words: frozenset[str]) -> JSONResponse:
    mime_type = "image/jpeg" if "demo:lie" in words else "image/png"
    # Text may come before the picture: the documented answer is a list of parts of either kind.
    parts = [
        {"text": "Here is the picture."},
        {"inlineData": {"mimeType": mime_type, "data": base64.b64encode(data).decode()}},
    ]
    return JSONResponse(_candidate(model, "STOP", {"role": "model", "parts": parts}))


def _candidate(model: str, reason: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"finishReason": reason, "index": 0}
    if content:
        candidate["content"] = content
    else:
        candidate["finishMessage"] = FILTERED
    return _envelope(model, candidates=[candidate])


def _envelope(model: str, **parts: Any) -> dict[str, Any]:
    usage = {"promptTokenCount": 16, "candidatesTokenCount": 1120, "totalTokenCount": 1136}
    return {**parts, "usageMetadata": usage, "modelVersion": model, "responseId": secrets.token_urlsafe(12)}
