"""Width, height and aspect ratio of a request, taken together."""

from typing import Any

from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.errors import InvalidParameter


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
            f"width {completed['width']} and height {completed['height']} are not {ratio}. Leave out "
            f"aspect_ratio, or leave out the sides, or ask for {fitting}.",
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
