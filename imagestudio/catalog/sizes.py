"""Width, height and aspect ratio: the pixels that a ratio means for a model, and whether they agree."""

from math import log
from typing import Any

from imagestudio.catalog.price import MEGAPIXEL
from imagestudio.catalog.spec import RATIOS, Control, ModelSpec
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message, field_name

ENOUGH = 0.85
"""Of the area wished: what a size may lose to come closer to its ratio."""

CLOSE = 0.02
"""How far `apart` two shapes are that are still the same to the eye."""


def ratio_size(spec: ModelSpec, ratio: str) -> tuple[int, int] | None:
    """The pixels that a ratio means for a model: as documented, else up to a megapixel on its steps; None
    where it takes no sides and no source tells.

    A megapixel is what these models make by themselves, and where the price of the first one ends.
    """
    if ratio in spec.ratio_sizes:
        return spec.ratio_sizes[ratio]
    across, down = sides_of(ratio)
    if spec.default_size is not None and spec.default_size[0] * down == spec.default_size[1] * across:
        return spec.default_size
    return fitting_size(spec, across / down, MEGAPIXEL)


def fitting_size(spec: ModelSpec, shape: float, area: float) -> tuple[int, int] | None:
    """The sides a model takes that come closest to a shape (width by height) of at most that many pixels.

    Without any of nearly that area, the largest or smallest of that shape; None where it takes no sides.
    """
    width, height = spec.control("width"), spec.control("height")
    if width is None or height is None:
        return None
    sizes = [(across, _on_step(height, across / shape)) for across in _values(width)]
    alike = [size for size in sizes if apart(size[0] / size[1], shape) <= CLOSE] or sizes
    fitting = [size for size in alike if area * ENOUGH <= size[0] * size[1] <= area]
    if fitting:
        return min(fitting, key=lambda size: (apart(size[0] / size[1], shape), -size[0] * size[1]))
    return min(alike, key=lambda size: apart(size[0] * size[1], area))


def nearest_ratio(width: int, height: int) -> str:
    """The one of the five ratios that comes closest to a size."""
    return min(RATIOS, key=lambda ratio: apart(width / height, sides_of(ratio)[0] / sides_of(ratio)[1]))


def sides_of(ratio: str) -> tuple[int, int]:
    """The two numbers of a ratio."""
    across, down = map(int, ratio.split(":"))
    return across, down


def _values(control: Control) -> range:
    return range(control.minimum, control.maximum + 1, control.step)


def _on_step(control: Control, pixels: float) -> int:
    steps = round((pixels - control.minimum) / control.step)
    return min(max(control.minimum + steps * control.step, control.minimum), control.maximum)


def apart(one: float, other: float) -> float:
    """How far apart two sizes are: the logarithm of how many times one is the other, without a sign."""
    return abs(log(one / other))


def complete_size(spec: ModelSpec, controls: dict[str, Any]) -> dict[str, Any]:
    """The controls, a lone side completed by the model's default. Raises `InvalidParameter` where the sides
    and the ratio do not agree."""
    sides = [name for name in ("width", "height") if name in controls]
    if not sides or spec.default_size is None:
        return controls
    completed = {"width": spec.default_size[0], "height": spec.default_size[1], **controls}
    ratio = controls.get("aspect_ratio")
    if ratio is not None and not _agree(completed["width"], completed["height"], ratio):
        fitting = _fitting_sides(completed["width"], completed["height"], ratio)
        raise InvalidParameter(
            Message(
                "sides.not_ratio",
                across=field_name("width"),
                up=field_name("height"),
                shape=field_name("aspect_ratio"),
                width=completed["width"],
                height=completed["height"],
                ratio=ratio,
                fitting=fitting,
            ),
            field="aspect_ratio",
            allowed=fitting,
        )
    return completed


def _agree(width: int, height: int, ratio: str) -> bool:
    across, down = map(int, ratio.split(":"))
    return round(height * across / down) == width or round(width * down / across) == height


def _fitting_sides(width: int, height: int, ratio: str) -> str:
    across, down = map(int, ratio.split(":"))
    return f"{width} x {round(width * down / across)} or {round(height * across / down)} x {height}"
