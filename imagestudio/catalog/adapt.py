"""One wish, many models: the nearest settings that each takes, and what differs, so that it can be said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imagestudio.catalog.adapt_shape import reshape
from imagestudio.catalog.differences import Difference, Part, differs, within
from imagestudio.catalog.spec import ModelSpec
from imagestudio.catalog.validation import CONTROLS, check
from imagestudio.core.errors import StudioError


@dataclass(frozen=True, slots=True)
class Nearest:
    """Settings that the model takes, and where they are not what was wished."""

    settings: dict[str, Any]
    differences: tuple[Difference, ...]


def nearest(spec: ModelSpec, wishes: Mapping[str, Any]) -> Nearest:
    """The settings of a model nearest to wishes for its controls (by the public names; None is no wish).

    Wishes that it takes come back as they are. A wish that is not of its control's kind at all is dropped,
    and said. Costs are not considered: the estimate of the settings tells them. The settings always pass
    `validation.check`.
    """
    wished = {name: wishes[name] for name in CONTROLS if wishes.get(name) is not None}
    if _taken(spec, wished):
        return Nearest(wished, ())
    understood = {name: value for name, value in wished.items() if is_of_kind(name, value)}
    differences = [
        differs(spec, name, value, None, "no_kind")
        for name, value in wished.items()
        if name not in understood
    ]
    settings: dict[str, Any] = {}
    for part in (reshape, _number, _seed, _vector):
        used, said = part(spec, understood)
        settings |= used
        differences += said
    return Nearest(settings, tuple(differences))


def _taken(spec: ModelSpec, settings: Mapping[str, Any]) -> bool:
    try:
        check(spec.task, {"prompt": "any", "model": spec.id, **settings})
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
