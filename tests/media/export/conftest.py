"""Picture files of every kind, and recipes."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imagestudio.media.export.recipe import Recipe

KINDS = {
    "png": ("PNG", {}),
    "jpeg": ("JPEG", {"quality": 80}),
    "webp-lossy": ("WEBP", {"quality": 80}),
    "webp-lossless": ("WEBP", {"lossless": True}),
    "webp-extended": ("WEBP", {"quality": 80, "exif": b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"}),
}


def noise(width: int = 61, height: int = 43, mode: str = "RGB") -> Image.Image:
    channels = {"L": (), "RGB": (3,), "RGBA": (4,)}[mode]
    values = np.random.default_rng(7).integers(0, 256, (height, width, *channels), dtype=np.uint8)
    return Image.fromarray(values)


def file_of(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode, image.size, image.tobytes()


@pytest.fixture(params=KINDS)
def picture(request: pytest.FixtureRequest) -> bytes:
    kind, options = KINDS[request.param]
    return file_of(noise(), kind, **options)


@pytest.fixture
def recipe() -> Recipe:
    return Recipe(
        prompt='Ein roter Fuchs & "Schnee" <b>\n狐\uffff',
        model="flux-2-pro",
        task="generate",
        controls={"width": 1024, "height": 768, "seed": 7},
        seed=7,
        created_at="2026-11-24T10:20:30.000Z",
    )
