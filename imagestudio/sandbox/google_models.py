"""Google's image models as its pages list them: sizes, ratios, limits, prices, and what was shut down."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

TEN = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
FOURTEEN = (*TEN, "1:4", "4:1", "1:8", "8:1")

Size = tuple[int, int]

SIDES = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
"""A named size is the side of the square with its area."""


@dataclass(frozen=True, slots=True)
class Gemini:
    """A model of `:generateContent`."""

    usd: Mapping[str, float | None]
    """Price of one picture by size; the keys are the sizes it takes, None is a price that no source tells."""
    ratios: tuple[str, ...]
    references: int
    thinking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imagen:
    """A model of `:predict`, shut down on 2026-08-17."""

    usd: float
    sizes: tuple[str, ...]
    successor: str


GEMINI: dict[str, Gemini] = {
    "gemini-nano-banana-2.1": Gemini(
        {"1K": 0.0336, "2K": None, "4K": 0.1134}, FOURTEEN, 14, thinking=("MINIMAL", "HIGH")
    ),
    "gemini-3-pro-image": Gemini({"1K": 0.134, "2K": 0.134, "4K": 0.24}, TEN, 14),
    "gemini-3.1-flash-image": Gemini({"512": None, "1K": 0.067, "2K": None, "4K": None}, FOURTEEN, 14),
    "gemini-2.5-flash-image": Gemini({"1K": 0.039}, TEN, 3),
    "gemini-3.1-flash-lite-image": Gemini({"1K": 0.034}, TEN, 14),
}

IMAGEN: dict[str, Imagen] = {
    "imagen-4.0-generate-001": Imagen(0.04, ("1K", "2K"), "gemini-nano-banana-2.1"),
    "imagen-4.0-fast-generate-001": Imagen(0.02, ("1K",), "gemini-nano-banana-2.1"),
    "imagen-4.0-ultra-generate-001": Imagen(0.06, ("1K", "2K"), "gemini-3-pro-image"),
}

IMAGEN_PIXELS = {
    "1:1": (1024, 1024),
    "3:4": (896, 1280),
    "4:3": (1280, 896),
    "9:16": (768, 1408),
    "16:9": (1408, 768),
}
"""Imagen 4 at 1K; 2K doubles each side."""


def gemini_pixels(ratio: float, size: str) -> Size:
    """Width and height with the area of the named size, in steps of 16. The exact table is not documented."""
    side = SIDES[size]
    return round(side * sqrt(ratio) / 16) * 16, round(side / sqrt(ratio) / 16) * 16


def ratio_of(name: str) -> float:
    width, height = name.split(":")
    return int(width) / int(height)
