"""One wish, many models: the nearest settings that each takes, and what differs, so that it can be said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from imagestudio.catalog.price import MEGAPIXEL
from imagestudio.catalog.sizes import apart, fitting_size, nearest_ratio, ratio_size, sides_of
from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.catalog.validation import CONTROLS, nearest_values, validate
from imagestudio.core.errors import StudioError
from imagestudio.core.messages import Message, field_name

Reason = Literal[
    "untaken", "range", "steps", "choices", "classes", "no_kind", "one_picture", "pixels_only",
    "sides_not_ratio", "sides_not_class", "sides_say", "ratio_not_sides",
]  # fmt: skip


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
    """What `why` is filled in with: the `model`'s name, and more."""

    @property
    def why(self) -> Message:
        """The same for people."""
        return Message(
            f"wish.{self.reason}", **{"what": _name(self.details.get("control", self.field)), **self.details}
        )


def _name(field: str) -> Message | str:
    return Message(f"wish.{field}") if field in ("aspect_ratio", "image_size", "seed") else field_name(field)


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
    return {control.name: used}, [out_of_bounds(spec, control, control.name, wished, used)]


def closest(control: Control, wished: float) -> int:
    """The value of a number's control that is closest."""
    return min(nearest_values(control, round(wished)), key=lambda near: abs(near - wished))


def out_of_bounds(spec: ModelSpec, control: Control, name: str, wished: Any, used: Any) -> Difference:
    """The control takes other numbers."""
    bounds = {"minimum": control.minimum, "maximum": control.maximum, "step": control.step}
    reason: Reason = "steps" if control.step > 1 else "range"
    return differs(spec, name, wished, used, reason, control=control.name, **bounds)


def pixels(size: tuple[int, int]) -> str:
    """A size in words."""
    return f"{size[0]} × {size[1]}"


@dataclass(frozen=True, slots=True)
class Adaptation:
    """Settings that the model takes, and where they are not what was wished."""

    settings: dict[str, Any]
    differences: tuple[Difference, ...]


def adapt(spec: ModelSpec, wishes: Mapping[str, Any]) -> Adaptation:
    """The settings of a model nearest to wishes for its controls (by the public names; None is no wish).

    Wishes that it takes come back as they are. A wish that is not of its control's kind at all is dropped,
    and said. Costs are not considered: the estimate of the settings tells them. The settings always pass
    `validation.check`.
    """
    wished = {name: wishes[name] for name in CONTROLS if wishes.get(name) is not None}
    if _is_accepted(spec, wished):
        return Adaptation(wished, ())
    valid = {name: value for name, value in wished.items() if is_of_kind(name, value)}
    differences = [
        differs(spec, name, value, None, "no_kind") for name, value in wished.items() if name not in valid
    ]
    settings: dict[str, Any] = {}
    for part in (reshape, _number, _seed, _vector):
        used, further = part(spec, valid)
        settings |= used
        differences += further
    return Adaptation(settings, tuple(differences))


def _is_accepted(spec: ModelSpec, settings: Mapping[str, Any]) -> bool:
    try:
        validate(spec.task, {"prompt": "any", "model": spec.id, **settings})
    except StudioError:
        return False
    return True


def is_of_kind(name: str, value: Any) -> bool:
    """Whether a value makes sense for a control at all, whatever the model."""
    match name:
        case "vector":
            return isinstance(value, bool)
        case "aspect_ratio":
            numbers = value.split(":") if isinstance(value, str) else []
            return len(numbers) == 2 and all(_is_small(number) for number in numbers)
        case "image_size":
            return isinstance(value, str) and value[-1:] == "K" and _is_small(value[:-1])
        case _:
            least = 0 if name == "seed" else 1
            return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**63


def _is_small(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 4 and int(text) > 0


def _number(spec: ModelSpec, wished: Mapping[str, Any]) -> Part:
    if "num_images" not in wished:
        return {}, []
    count, control = wished["num_images"], spec.control("num_images")
    if control is not None:
        return within(spec, control, count)
    return {}, [differs(spec, "num_images", count, 1, "one_picture")] if count != 1 else []


def _seed(spec: ModelSpec, wished: Mapping[str, Any]) -> Part:
    if "seed" not in wished:
        return {}, []
    control = spec.control("seed")
    if control is None:
        return {}, [differs(spec, "seed", wished["seed"], None, "untaken")]
    return within(spec, control, wished["seed"])


def _vector(spec: ModelSpec, wished: Mapping[str, Any]) -> Part:
    if "vector" not in wished:
        return {}, []
    if spec.control("vector") is not None:
        return {"vector": wished["vector"]}, []
    return {}, [differs(spec, "vector", True, False, "pixels_only")] if wished["vector"] else []


SHAPE = ("width", "height", "aspect_ratio", "image_size")
ALIKE = 0.01
"""How far `apart` a shape may be by rounding its sides to whole pixels."""


def reshape(spec: ModelSpec, wished: Mapping[str, Any]) -> Part:
    """The model's own settings for a wished shape, and what differs. The wishes are of the right kind."""
    wished = {name: wished[name] for name in SHAPE if name in wished}
    width, height = spec.control("width"), spec.control("height")
    if width is not None and height is not None:
        return _as_sides(spec, width, height, wished)
    if spec.control("aspect_ratio") is not None:
        return _as_ratio(spec, wished)
    return {}, [differs(spec, name, value, None, "untaken") for name, value in wished.items()]


def area_of(image_size: str) -> int:
    """Pixels of a resolution class: "2K" is two thousand (2048) each way."""
    return int(image_size[:-1]) ** 2 * MEGAPIXEL


def _as_sides(spec: ModelSpec, width: Control, height: Control, wished: Mapping[str, Any]) -> Part:
    size = _wished_size(wished)
    if size is not None:
        used = _into_bounds(width, height, size)
        differences = _shape_differences(spec, wished, used)
        if used != size:
            off = width if used[0] != size[0] else height
            differences.append(out_of_bounds(spec, off, "size", pixels(size), pixels(used)))
        return dict(zip(("width", "height"), used, strict=True)), differences
    for control in (width, height):
        if control.name in wished:
            settings, differences = within(spec, control, wished[control.name])
            return settings, differences + _shape_differences(spec, wished, None)
    return _from_ratio(spec, wished)


def _wished_size(wished: Mapping[str, Any]) -> tuple[int, int] | None:
    """Both sides, or one with the ratio that gives the other."""
    width, height = wished.get("width"), wished.get("height")
    if width is not None and height is not None:
        return width, height
    if "aspect_ratio" not in wished:
        return None
    across, down = sides_of(wished["aspect_ratio"])
    if width is not None:
        return width, max(1, round(width * down / across))
    return None if height is None else (max(1, round(height * across / down)), height)


def _into_bounds(width: Control, height: Control, size: tuple[int, int]) -> tuple[int, int]:
    """The size, scaled as one where a side is out of bounds, and then on the steps."""
    scale = min(1.0, width.maximum / size[0], height.maximum / size[1])
    scale = max(scale, width.minimum / size[0], height.minimum / size[1])
    return closest(width, size[0] * scale), closest(height, size[1] * scale)


def _shape_differences(
    spec: ModelSpec, wished: Mapping[str, Any], used: tuple[int, int] | None
) -> list[Difference]:
    """What becomes of a ratio and a resolution class while sides are sent."""
    differences = []
    ratio, image_size = wished.get("aspect_ratio"), wished.get("image_size")
    if ratio is not None and used is not None:
        across, down = sides_of(ratio)
        if spec.control("aspect_ratio") is None:
            differences.append(differs(spec, "aspect_ratio", ratio, pixels(used), "sides_not_ratio"))
        elif apart(used[0] / used[1], across / down) > ALIKE:
            differences.append(differs(spec, "aspect_ratio", ratio, pixels(used), "sides_say"))
    if image_size is not None:
        differences.append(differs(spec, "image_size", image_size, used and pixels(used), "sides_not_class"))
    return differences


def _from_ratio(spec: ModelSpec, wished: Mapping[str, Any]) -> Part:
    """A model that takes sides, and a wish without any."""
    ratio, image_size = wished.get("aspect_ratio"), wished.get("image_size")
    if image_size is not None and area_of(image_size) > MEGAPIXEL:
        across, down = sides_of(ratio) if ratio is not None else spec.default_size or (1, 1)
        size = fitting_size(spec, across / down, area_of(image_size))
    elif ratio is not None and spec.control("aspect_ratio") is None:
        size = ratio_size(spec, ratio)
    else:
        settings, differences = _ratio(spec, ratio) if ratio is not None else ({}, [])
        return settings, differences + _shape_differences(spec, wished, None)
    if size is None:
        return {}, []
    differences = _shape_differences(spec, wished, size)
    return dict(zip(("width", "height"), size, strict=True)), differences


def _as_ratio(spec: ModelSpec, wished: Mapping[str, Any]) -> Part:
    """A model that takes a ratio and no sides."""
    size = _wished_size(wished)
    differences: list[Difference] = []
    settings: dict[str, Any] = {}
    if size is not None:
        settings["aspect_ratio"] = nearest_ratio(*size)
    elif "aspect_ratio" in wished:
        settings, differences = _ratio(spec, wished["aspect_ratio"])
    classes = spec.control("image_size")
    if classes is not None and (size is not None or "image_size" in wished):
        area = area_of(wished["image_size"]) if "image_size" in wished else size[0] * size[1] if size else 0
        used = min(classes.choices, key=lambda choice: apart(area_of(choice), area))
        settings["image_size"] = used
        if wished.get("image_size", used) != used:
            choices = list(classes.choices)
            differences.append(
                differs(spec, "image_size", wished["image_size"], used, "classes", choices=choices)
            )
    elif "image_size" in wished:
        differences.append(differs(spec, "image_size", wished["image_size"], None, "untaken"))
    if size is not None:
        differences.append(
            differs(spec, "size", pixels(size), ", ".join(settings.values()), "ratio_not_sides")
        )
    else:
        sides = [name for name in ("width", "height") if name in wished]
        differences += [differs(spec, name, wished[name], None, "untaken") for name in sides]
    return settings, differences


def _ratio(spec: ModelSpec, ratio: str) -> Part:
    control = spec.control("aspect_ratio")
    choices = control.choices if control is not None else ()
    if ratio in choices:
        return {"aspect_ratio": ratio}, []
    used = nearest_ratio(*sides_of(ratio))
    return {"aspect_ratio": used}, [
        differs(spec, "aspect_ratio", ratio, used, "choices", choices=list(choices))
    ]
