"""Every control with a value that is fine, and which model takes it."""

from typing import Any

from imagestudio.catalog import MODELS
from imagestudio.catalog.validation import CONTROLS

VALID: dict[str, Any] = {
    "width": 512,
    "height": 512,
    "aspect_ratio": "1:1",
    "num_images": 2,
    "image_size": "2K",
    "seed": 7,
    "vector": True,
}
UNTAKEN = [(spec, name) for spec in MODELS.values() for name in CONTROLS if spec.control(name) is None]
TAKEN = [(spec, control) for spec in MODELS.values() for control in spec.controls]
