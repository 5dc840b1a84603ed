"""Black Forest Labs' endpoints: the fields each takes, and what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

MEGAPIXEL = 1024 * 1024
FLUX_2_PIXELS = 2048 * 2048
KONTEXT_BYTES = 20 * 1024**2


def _ratio_within(text: str) -> str:
    width, height = (int(part) for part in text.split(":"))
    if not height or not 9 / 21 <= width / height <= 21 / 9:
        raise ValueError("aspect_ratio must be between 21:9 and 9:21")
    return text


Ratio = Annotated[str, StringConstraints(pattern=r"^\d{1,4}:\d{1,4}$"), AfterValidator(_ratio_within)]
Side2 = Annotated[int, Field(ge=64, multiple_of=16)]
Side1 = Annotated[int, Field(ge=256, le=1440, multiple_of=32)]


class Inputs(BaseModel):
    """What every endpoint takes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    seed: int | None = None
    output_format: Literal["jpeg", "png", "webp"] = "jpeg"
    webhook_url: str | None = Field(None, min_length=1, max_length=2083)
    webhook_secret: str | None = None

    def prompt_text(self) -> str:
        return str(getattr(self, "prompt", ""))

    def images(self) -> Iterator[tuple[str, str]]:
        """Each given picture with the name of its field."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name.startswith(("input_image", "image_prompt")) and value is not None:
                yield name, value

    def size(self, source: tuple[int, int] | None) -> tuple[int, int]:
        """Width and height of the picture to come; `source` is the first input's size."""
        raise NotImplementedError


class Flux2(Inputs):
    prompt: str
    width: Side2 | None = None
    height: Side2 | None = None
    safety_tolerance: int = Field(2, ge=0, le=5)
    input_image: str | None = None
    input_image_2: str | None = None
    input_image_3: str | None = None
    input_image_4: str | None = None

    @model_validator(mode="after")
    def _at_most_4_megapixels(self) -> "Flux2":
        if (self.width or 0) * (self.height or 0) > FLUX_2_PIXELS:
            raise ValueError("width x height must be at most 4 megapixels")
        return self

    def size(self, source: tuple[int, int] | None) -> tuple[int, int]:
        if self.width is None and self.height is None and source:
            return _fitted(source[0] / source[1], min(FLUX_2_PIXELS, source[0] * source[1]))
        return self.width or 1024, self.height or 1024


class Flux2Pro(Flux2):
    disable_pup: bool = False
    input_image_5: str | None = None
    input_image_6: str | None = None
    input_image_7: str | None = None
    input_image_8: str | None = None


class Flux11Pro(Inputs):
    prompt: str = ""
    width: Side1 = 1024
    height: Side1 = 768
    safety_tolerance: int = Field(2, ge=0, le=6)
    prompt_upsampling: bool = False
    image_prompt: str | None = None

    def size(self, source: tuple[int, int] | None) -> tuple[int, int]:
        return self.width, self.height


class Kontext(Inputs):
    prompt: str
    aspect_ratio: Ratio | None = None
    output_format: Literal["jpeg", "png", "webp"] = "png"
    safety_tolerance: int = Field(2, ge=0, le=6)
    prompt_upsampling: bool = False
    input_image: str | None = None
    input_image_2: str | None = None
    input_image_3: str | None = None
    input_image_4: str | None = None

    def size(self, source: tuple[int, int] | None) -> tuple[int, int]:
        width, height = source or (1, 1)
        if self.aspect_ratio:
            width, height = (int(part) for part in self.aspect_ratio.split(":"))
        return _fitted(width / height, MEGAPIXEL)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Prices are in credits, $0.01 each: for the first megapixel, and for each further one begun."""

    inputs: type[Inputs]
    first: float
    further: float = 0.0
    active_limit: int = 24
    image_bytes: int | None = None

    def cost(self, output: int, source: int) -> float:
        """Credits for so many pixels made from so many given ones; inputs count as further megapixels."""
        begun = max(1, ceil(output / MEGAPIXEL)) - 1 + ceil(source / MEGAPIXEL)
        return round(self.first + self.further * begun, 4)


ENDPOINTS: dict[str, Endpoint] = {
    "flux-2-pro": Endpoint(Flux2Pro, 3.0, 1.5),
    "flux-2-klein-4b": Endpoint(Flux2, 1.4, 0.1),
    "flux-2-klein-9b": Endpoint(Flux2, 1.5, 0.2),
    "flux-pro-1.1": Endpoint(Flux11Pro, 4.0),
    "flux-kontext-pro": Endpoint(Kontext, 4.0, image_bytes=KONTEXT_BYTES),
    "flux-kontext-max": Endpoint(Kontext, 8.0, active_limit=6, image_bytes=KONTEXT_BYTES),
}


def _fitted(ratio: float, pixels: int) -> tuple[int, int]:
    """The size of that ratio with about so many pixels, in steps of 16."""
    width, height = (pixels * ratio) ** 0.5, (pixels / ratio) ** 0.5
    return max(64, round(width / 16) * 16), max(64, round(height / 16) * 16)
