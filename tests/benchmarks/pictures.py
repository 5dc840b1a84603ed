"""Picture bytes of an exact size, of noise, so that nothing on the way can press them together."""

import io
import os

from PIL import Image

SIZES = {"small": 707, "large": 1414}
"""Pixels a side: about 1.5 MB and 6 MB as PNG."""


def noise(side: int) -> bytes:
    """A PNG that takes three bytes a pixel."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()


def pictures() -> dict[str, bytes]:
    """One of each size."""
    return {name: noise(side) for name, side in SIZES.items()}
