"""What a picture costs, as rules with a source and the date they were read."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Protocol

MEGAPIXEL = 1024 * 1024
"""Pixels in one billed megapixel: recorded BFL answers give `output_mp` 1.0 for 1024 x 1024."""

LARGEST = 4 * MEGAPIXEL
"""Pixels of the largest picture that any model of the catalog makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a price was read, when, and what is unsure about it."""

    source: str
    read: str
    """ISO date."""
    note: str = ""


class Price(Protocol):
    """A price rule. Unknown is None, never 0."""

    @property
    def evidence(self) -> Evidence: ...

    def per_image(self, pixels: int | None, image_size: str | None) -> float | None:
        """USD for one picture of that many pixels, or of that named size; None where no source tells."""
        ...

    def at_most(self, pixels: int | None, image_size: str | None) -> float:
        """The highest USD that the sources name for one such picture: what budgets count meanwhile."""
        ...

    def describe(self) -> str:
        """The rule in a few words, for people."""
        ...


@dataclass(frozen=True, slots=True)
class PerImage:
    """One price, whatever the size."""

    usd: float
    evidence: Evidence

    def per_image(self, pixels: int | None, image_size: str | None) -> float | None:
        return self.usd

    def at_most(self, pixels: int | None, image_size: str | None) -> float:
        return self.usd

    def describe(self) -> str:
        return f"${self.usd:g} an image"


@dataclass(frozen=True, slots=True)
class PerMegapixel:
    """Proportional to the pixels that come out."""

    usd: float
    evidence: Evidence

    def per_image(self, pixels: int | None, image_size: str | None) -> float | None:
        return None if pixels is None else round(self.usd * pixels / MEGAPIXEL, 6)

    def at_most(self, pixels: int | None, image_size: str | None) -> float:
        return round(self.usd * (pixels or LARGEST) / MEGAPIXEL, 6)

    def describe(self) -> str:
        return f"${self.usd:g} a megapixel"


@dataclass(frozen=True, slots=True)
class FirstMegapixel:
    """One price up to a megapixel, another for each further one that is begun."""

    first: float
    further: float
    evidence: Evidence

    def per_image(self, pixels: int | None, image_size: str | None) -> float | None:
        if pixels is None:
            return None
        return round(self.first + self.further * max(0, ceil(pixels / MEGAPIXEL) - 1), 6)

    def at_most(self, pixels: int | None, image_size: str | None) -> float:
        return self.per_image(pixels or LARGEST, image_size) or 0.0

    def describe(self) -> str:
        return f"${self.first:g} for the first megapixel, ${self.further:g} for each further one"


@dataclass(frozen=True, slots=True)
class BySize:
    """By the size's name. A size without a known price is None."""

    usd: Mapping[str, float | None]
    default: str
    highest: float
    """The most that the sources name for any size."""
    evidence: Evidence

    def per_image(self, pixels: int | None, image_size: str | None) -> float | None:
        return self.usd.get(image_size or self.default)

    def at_most(self, pixels: int | None, image_size: str | None) -> float:
        usd = self.per_image(pixels, image_size)
        return self.highest if usd is None else usd

    def describe(self) -> str:
        return ", ".join(
            f"{size} {f'${usd:g}' if usd is not None else 'unknown'}" for size, usd in self.usd.items()
        )
