"""fal's endpoints: whose fields they take, the shape of their answer, their price."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from imagestudio.sandbox.fal_models import (
    Ideogram3,
    Inputs,
    QwenImage,
    QwenImageEdit,
    Recraft3,
    Recraft4,
    Recraft4Vector,
    SeedreamEdit,
    StableDiffusion35,
)

MEGAPIXEL = 1024 * 1024

Price = Callable[[Inputs, int], float]
"""USD for one picture of so many pixels."""

Answer = Literal["files", "files and seed", "images"]
"""`files` have no width and height; `images` have, and come with seed, prompt, timings and nsfw marks."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    inputs: type[Inputs]
    answer: Answer
    price: Price

    @property
    def marks_nsfw(self) -> bool:
        """Whether an unsafe picture comes black and marked, rather than as an error."""
        return self.answer == "images"


def _each(usd: float) -> Price:
    return lambda inputs, pixels: usd


def _megapixel(usd: float) -> Price:
    return lambda inputs, pixels: usd * pixels / MEGAPIXEL


def _recraft_3(inputs: Inputs, pixels: int) -> float:
    return 0.08 if inputs.format() == "svg" else 0.04


def _ideogram(inputs: Inputs, pixels: int) -> float:
    speed = inputs.rendering_speed if isinstance(inputs, Ideogram3) else "BALANCED"
    return {"TURBO": 0.03, "BALANCED": 0.06, "QUALITY": 0.09}[speed]


SEEDREAM = Endpoint(SeedreamEdit, "files and seed", _each(0.035))

ENDPOINTS: dict[str, Endpoint] = {
    "fal-ai/recraft/v4/text-to-image": Endpoint(Recraft4, "files", _each(0.04)),
    "fal-ai/recraft/v4/text-to-vector": Endpoint(Recraft4Vector, "files", _each(0.08)),
    "fal-ai/recraft/v4/pro/text-to-image": Endpoint(Recraft4, "files", _each(0.25)),
    "fal-ai/recraft/v4/pro/text-to-vector": Endpoint(Recraft4Vector, "files", _each(0.30)),
    "fal-ai/recraft/v3/text-to-image": Endpoint(Recraft3, "files", _recraft_3),
    "fal-ai/recraft-v3": Endpoint(Recraft3, "files", _recraft_3),
    "fal-ai/ideogram/v3": Endpoint(Ideogram3, "files and seed", _ideogram),
    "fal-ai/stable-diffusion-v35-large": Endpoint(StableDiffusion35, "images", _megapixel(0.065)),
    "fal-ai/qwen-image": Endpoint(QwenImage, "images", _megapixel(0.02)),
    "fal-ai/qwen-image-edit": Endpoint(QwenImageEdit, "images", _megapixel(0.03)),
    "bytedance/seedream/v5/lite/edit": SEEDREAM,
    "fal-ai/bytedance/seedream/v5/lite/edit": SEEDREAM,
}


def app_of(endpoint: str) -> str:
    """The first two path segments, which are all that a request's URLs keep."""
    return "/".join(endpoint.split("/")[:2])
