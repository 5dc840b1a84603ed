"""fal's words for the size of a picture: the name of a preset, or width and height in one object."""

from collections.abc import Mapping
from typing import Any

PRESETS = {
    "1:1": "square_hd",
    "3:4": "portrait_4_3",
    "4:3": "landscape_4_3",
    "9:16": "portrait_16_9",
    "16:9": "landscape_16_9",
}
"""fal takes no ratio by its numbers."""
SIDES = ("width", "height", "aspect_ratio")


def in_fal_words(controls: Mapping[str, Any]) -> dict[str, Any]:
    """The controls, their size as one value of fal's. Pixels win over a ratio, which agrees."""
    worded = {name: value for name, value in controls.items() if name not in SIDES}
    match controls:
        case {"width": width, "height": height}:
            worded["width"] = {"width": width, "height": height}
        case {"aspect_ratio": ratio}:
            worded["aspect_ratio"] = PRESETS[ratio]
    return worded
