"""What a model makes of a wish that it does not take as it is, in plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.catalog.validation import WORDS, nearest_values

Reason = Literal[
    "untaken", "range", "steps", "choices", "classes", "no_kind", "one_picture", "pixels_only",
    "sides_not_ratio", "sides_not_class", "sides_say", "ratio_not_sides",
]  # fmt: skip
WHY: dict[Reason, str] = {
    "untaken": "{model} takes no {what}.",
    "range": "{model} takes {what} {minimum} to {maximum}.",
    "steps": "{model} takes {what} {minimum} to {maximum} in steps of {step}.",
    "choices": "{model} takes {choices}.",
    "classes": "{model} makes {choices}.",
    "no_kind": "That is no {what}.",
    "one_picture": "{model} makes one picture a run.",
    "pixels_only": "{model} makes pictures of pixels only.",
    "sides_not_ratio": "{model} takes width and height instead of a ratio.",
    "sides_not_class": "{model} takes width and height instead of a resolution class.",
    "sides_say": "Width and height say the shape.",
    "ratio_not_sides": "{model} takes a ratio instead of width and height.",
}
"""Each reason as a sentence for people, to be filled in."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A wish that a model does not take as it is."""

    field: str
    """The control's name; "size" for width and height together."""
    wished: Any
    used: Any
    """What is sent instead, "W × H" for a size; None where nothing is."""
    reason: Reason
    details: Mapping[str, Any]
    """What the sentence is filled in with besides the field: the `model`'s name, and more."""

    @property
    def why(self) -> str:
        """A sentence for people."""
        return WHY[self.reason].format(**{"what": WORDS.get(self.field), **self.details})


Part = tuple[dict[str, Any], list[Difference]]
"""Settings for one part of a wish, and how they differ from it."""


def differs(spec: ModelSpec, name: str, wished: Any, used: Any, reason: Reason, **details: Any) -> Difference:
    """A difference that is this model's own."""
    return Difference(name, wished, used, reason, {"model": spec.name, **details})


def within(spec: ModelSpec, control: Control, wished: int) -> Part:
    """The value of a number's control that is closest."""
    used = closest(control, wished)
    if used == wished:
        return {control.name: used}, []
    return {control.name: used}, [limited(spec, control, control.name, wished, used)]


def closest(control: Control, wished: float) -> int:
    """The value of a number's control that is closest."""
    return min(nearest_values(control, round(wished)), key=lambda near: abs(near - wished))


def limited(spec: ModelSpec, control: Control, name: str, wished: Any, used: Any) -> Difference:
    """The control takes other numbers."""
    bounds = {"minimum": control.minimum, "maximum": control.maximum, "step": control.step}
    reason: Reason = "steps" if control.step > 1 else "range"
    return differs(spec, name, wished, used, reason, what=WORDS[control.name], **bounds)


def pixels(size: tuple[int, int]) -> str:
    """A size in words."""
    return f"{size[0]} × {size[1]}"
