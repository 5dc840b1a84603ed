"""Pictures as files."""

import io
from typing import Literal

from PIL import Image

Format = Literal["png", "jpeg", "webp"]


def encode(image: Image.Image, format: Format) -> bytes:
    """The picture as a file of the format; JPEG, which has no transparency, gets white behind it."""
    if format == "jpeg" and image.mode != "RGB":
        opaque = Image.new("RGBA", image.size, "white")
        opaque.alpha_composite(image.convert("RGBA"))
        image = opaque.convert("RGB")
    file = io.BytesIO()
    if format == "png":
        image.save(file, "PNG", compress_level=3)
    elif format == "jpeg":
        image.save(file, "JPEG", quality=91)
    else:
        image.save(file, "WEBP", quality=90, method=2)
    return file.getvalue()
