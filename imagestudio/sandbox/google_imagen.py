"""Imagen's `:predict`, the contract of before the shutdown, which some gateways may still serve."""

import asyncio
import base64
import secrets
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from imagestudio.sandbox.bill import Bill
from imagestudio.sandbox.cutting import Dropped, Truncated
from imagestudio.sandbox.drawing import Format, Wish
from imagestudio.sandbox.google_faults import refused_at_the_door, run_failed
from imagestudio.sandbox.google_models import IMAGEN, IMAGEN_PIXELS
from imagestudio.sandbox.google_wire import Parameters, Predict, invalid, refusal
from imagestudio.sandbox.script import Counter, duration_s, words_in
from imagestudio.sandbox.tasks import Easel, Pace

FILTERED = (
    "Unable to show the generated image: it was filtered out because it may violate the usage guidelines."
)
PROMPT_WORDS = 480


class PredictMethod:
    """Answers `:predict` of the models in IMAGEN."""

    def __init__(self, pace: Pace, easel: Easel, bill: Bill, counter: Counter) -> None:
        self._pace, self._easel, self._bill, self._counter = pace, easel, bill, counter

    async def __call__(self, model: str, body: bytes) -> Response:
        try:
            asked = Predict.model_validate_json(body)
        except ValidationError as error:
            return refusal(error)
        prompt, wanted = asked.instances[0].prompt, asked.parameters
        if wanted.sample_image_size not in IMAGEN[model].sizes:
            return invalid(f"sampleImageSize {wanted.sample_image_size} is not supported by this model.")
        if len(prompt.split()) > PROMPT_WORDS:
            return invalid(f"The prompt is too long: up to {PROMPT_WORDS} tokens are taken.")
        words = words_in(prompt)
        if fault := refused_at_the_door(words):
            return fault
        if "demo:refuse" in words:
            return invalid("The prompt could not be submitted: it may violate the usage guidelines.")
        return await self._run(model, prompt, wanted, words)

    async def _run(self, model: str, prompt: str, wanted: Parameters, words: frozenset[str]) -> Response:
        wishes = [] if "demo:refuse-image" in words else self._wishes(prompt, wanted, words)
        seconds = duration_s(words, 1024**2)
        if "demo:fail" in words:
            await self._pace.spend(seconds)
            return run_failed()
        if wishes:
            self._bill.add("google", model, secrets.token_hex(8), round(IMAGEN[model].usd * len(wishes), 6))
        if "demo:drop" in words:
            return Dropped()
        drawing = asyncio.gather(*[self._easel.paint(wish) for wish in wishes])
        drawn, _ = await asyncio.gather(drawing, self._pace.spend(seconds))
        answer = await asyncio.to_thread(_answer, drawn, wanted, words)
        return Truncated(answer.body, media_type="application/json") if "demo:truncate" in words else answer

    def _wishes(self, prompt: str, wanted: Parameters, words: frozenset[str]) -> list[Wish]:
        """A wish for each sample that the filter lets pass."""
        scale = 2 if wanted.sample_image_size == "2K" else 1
        width, height = (side * scale for side in IMAGEN_PIXELS[wanted.aspect_ratio])
        kind: Format = "jpeg" if wanted.output_options.mime_type == "image/jpeg" else "png"
        return [
            Wish(prompt, width, height, secrets.randbelow(2**32), kind)
            for _ in range(wanted.sample_count)
            if "demo:one-refused" not in words or self._counter.count(prompt) % 4
        ]


def _answer(drawn: list[bytes], wanted: Parameters, words: frozenset[str]) -> JSONResponse:
    mime_type = "image/gif" if "demo:lie" in words else wanted.output_options.mime_type
    predictions: list[dict[str, Any]] = [
        {"mimeType": mime_type, "bytesBase64Encoded": base64.b64encode(data).decode()} for data in drawn
    ]
    if wanted.include_rai_reason:
        missing = wanted.sample_count - len(drawn)
        predictions += [{"raiFilteredReason": FILTERED} for _ in range(missing)]
    # Without any prediction the key itself is missing.
    return JSONResponse({"predictions": predictions} if predictions else {})
