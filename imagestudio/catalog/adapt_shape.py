"""Size, ratio and resolution class are one wish: how a picture is shaped, and how large it is.

Sides say more than a ratio, so where both are wished and don't agree the sides win.
"""

from collections.abc import Mapping
from typing import Any

from imagestudio.catalog.differences import Difference, Part, closest, differs, limited, pixels, within
from imagestudio.catalog.price import MEGAPIXEL
from imagestudio.catalog.shapes import apart, fitting_size, nearest_ratio, ratio_size, sides_of
from imagestudio.catalog.spec import Control, ModelSpec

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
        said = _shape_differences(spec, wished, used)
        if used != size:
            off = width if used[0] != size[0] else height
            said.append(limited(spec, off, "size", pixels(size), pixels(used)))
        return dict(zip(("width", "height"), used, strict=True)), said
    for control in (width, height):
        if control.name in wished:
            settings, said = within(spec, control, wished[control.name])
            return settings, said + _shape_differences(spec, wished, None)
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
    said = []
    ratio, image_size = wished.get("aspect_ratio"), wished.get("image_size")
    if ratio is not None and used is not None:
        across, down = sides_of(ratio)
        if spec.control("aspect_ratio") is None:
            said.append(differs(spec, "aspect_ratio", ratio, pixels(used), "sides_not_ratio"))
        elif apart(used[0] / used[1], across / down) > ALIKE:
            said.append(differs(spec, "aspect_ratio", ratio, pixels(used), "sides_say"))
    if image_size is not None:
        said.append(differs(spec, "image_size", image_size, used and pixels(used), "sides_not_class"))
    return said


def _from_ratio(spec: ModelSpec, wished: Mapping[str, Any]) -> Part:
    """A model that takes sides, and a wish without any."""
    ratio, image_size = wished.get("aspect_ratio"), wished.get("image_size")
    if image_size is not None and area_of(image_size) > MEGAPIXEL:
        across, down = sides_of(ratio) if ratio is not None else spec.default_size or (1, 1)
        size = fitting_size(spec, across / down, area_of(image_size))
    elif ratio is not None and spec.control("aspect_ratio") is None:
        size = ratio_size(spec, ratio)
    else:
        settings, said = _ratio(spec, ratio) if ratio is not None else ({}, [])
        return settings, said + _shape_differences(spec, wished, None)
    if size is None:
        return {}, []
    said = _shape_differences(spec, wished, size)
    return dict(zip(("width", "height"), size, strict=True)), said


def _as_ratio(spec: ModelSpec, wished: Mapping[str, Any]) -> Part:
    """A model that takes a ratio and no sides."""
    size = _wished_size(wished)
    said: list[Difference] = []
    settings: dict[str, Any] = {}
    if size is not None:
        settings["aspect_ratio"] = nearest_ratio(*size)
    elif "aspect_ratio" in wished:
        settings, said = _ratio(spec, wished["aspect_ratio"])
    classes = spec.control("image_size")
    if classes is not None and (size is not None or "image_size" in wished):
        area = area_of(wished["image_size"]) if "image_size" in wished else size[0] * size[1] if size else 0
        used = min(classes.choices, key=lambda choice: apart(area_of(choice), area))
        settings["image_size"] = used
        if wished.get("image_size", used) != used:
            choices = " and ".join(classes.choices)
            said.append(differs(spec, "image_size", wished["image_size"], used, "classes", choices=choices))
    elif "image_size" in wished:
        said.append(differs(spec, "image_size", wished["image_size"], None, "untaken"))
    if size is not None:
        said.append(differs(spec, "size", pixels(size), ", ".join(settings.values()), "ratio_not_sides"))
    else:
        sides = [name for name in ("width", "height") if name in wished]
        said += [differs(spec, name, wished[name], None, "untaken") for name in sides]
    return settings, said


def _ratio(spec: ModelSpec, ratio: str) -> Part:
    control = spec.control("aspect_ratio")
    choices = control.choices if control is not None else ()
    if ratio in choices:
        return {"aspect_ratio": ratio}, []
    used = nearest_ratio(*sides_of(ratio))
    return {"aspect_ratio": used}, [
        differs(spec, "aspect_ratio", ratio, used, "choices", choices=", ".join(choices))
    ]
