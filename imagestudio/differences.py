"""What a model makes of a wish that it does not take as it is, in plain data."""

from dataclasses import dataclass
from typing import Any

from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.validation import WORDS, nearest_values


@dataclass(frozen=True, slots=True)
class Difference:
    """A wish that a model does not take as it is."""

    field: str
    """The control's name; "size" for width and height together."""
    wished: Any
    used: Any
    """What is sent instead, "W × H" for a size; None where nothing is."""
    why: str
    """A sentence for people."""


Part = tuple[dict[str, Any], list[Difference]]
"""Settings for one part of a wish, and how they differ from it."""


def untaken(spec: ModelSpec, field: str, wished: Any) -> Difference:
    """The model has no such control."""
    words = "width and height" if field == "size" else WORDS[field]
    return Difference(field, wished, None, f"{spec.name} takes no {words}.")


def within(spec: ModelSpec, control: Control, wished: int) -> Part:
    """The value of a number's control that is closest."""
    used = closest(control, wished)
    if used == wished:
        return {control.name: used}, []
    return {control.name: used}, [Difference(control.name, wished, used, limits(spec, control))]


def closest(control: Control, wished: float) -> int:
    """The value of a number's control that is closest."""
    return min(nearest_values(control, round(wished)), key=lambda near: abs(near - wished))


def limits(spec: ModelSpec, control: Control) -> str:
    """A sentence on the numbers that a control takes."""
    steps = f" in steps of {control.step}" if control.step > 1 else ""
    return f"{spec.name} takes {WORDS[control.name]} {control.minimum} to {control.maximum}{steps}."


def pixels(size: tuple[int, int]) -> str:
    """A size in words."""
    return f"{size[0]} × {size[1]}"
