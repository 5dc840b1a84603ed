"""fal's vocabulary of sizes."""

from math import sqrt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Size = tuple[int, int]
Preset = Literal["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"]

PRESETS: dict[str, Size] = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}

SEEDREAM_AREA = (2560 * 1440, 4096 * 4096)
"""Seedream's smallest and largest area in pixels."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Sides(Strict):
    """A free size; a missing side is 512."""

    width: int = Field(512, ge=1, le=14142)
    height: int = Field(512, ge=1, le=14142)


def pixels(size: Sides | str) -> Size:
    return (size.width, size.height) if isinstance(size, Sides) else PRESETS[size]


def seedream_pixels(size: Sides | str, source: Size) -> Size:
    """`auto_2K` and its like follow the source's shape; a size outside the area is rescaled, not refused."""
    smallest, largest = SEEDREAM_AREA
    if isinstance(size, str) and size.startswith("auto_"):
        side = int(size[len("auto_") : -1]) * 1024
        return _rescaled(source, max(smallest, side * side))
    width, height = pixels(size)
    area = min(max(width * height, smallest), largest)
    return (width, height) if area == width * height else _rescaled((width, height), area)


def _rescaled(size: Size, area: int) -> Size:
    scale = sqrt(area / (size[0] * size[1]))
    return round(size[0] * scale), round(size[1] * scale)
