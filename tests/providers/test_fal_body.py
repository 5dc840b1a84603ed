"""The bodies that go to fal, whole, for every model of the catalog."""

import base64
from pathlib import Path
from typing import Any

from imagestudio.catalog import MODELS
from imagestudio.core.request import InputImage
from imagestudio.providers.base import Call
from imagestudio.providers.fal import Fal
from tests.tables import rows

ENDPOINTS = {
    "recraft-v4": "/fal-ai/recraft/v4/text-to-image",
    "recraft-v3": "/fal-ai/recraft/v3/text-to-image",
    "ideogram-v3": "/fal-ai/ideogram/v3",
    "sd-3.5": "/fal-ai/stable-diffusion-v35-large",
    "qwen-image": "/fal-ai/qwen-image",
    "qwen-image-edit": "/fal-ai/qwen-image-edit",
    "seedream-5": "/bytedance/seedream/v5/lite/edit",
}
GENERATORS = [name for name in ENDPOINTS if MODELS[name].task == "generate"]
SIZES = [
    ({}, {}),
    ({"aspect_ratio": "1:1"}, {"image_size": "square_hd"}),
    ({"aspect_ratio": "3:4"}, {"image_size": "portrait_4_3"}),
    ({"aspect_ratio": "4:3"}, {"image_size": "landscape_4_3"}),
    ({"aspect_ratio": "9:16"}, {"image_size": "portrait_16_9"}),
    ({"aspect_ratio": "16:9"}, {"image_size": "landscape_16_9"}),
    ({"width": 640, "height": 480}, {"image_size": {"width": 640, "height": 480}}),
    (
        {"width": 640, "height": 480, "aspect_ratio": "4:3"},
        {"image_size": {"width": 640, "height": 480}},
    ),
]


def test_every_model_of_the_catalog_is_here() -> None:
    assert set(ENDPOINTS) == {spec.id for spec in MODELS.values() if spec.provider == "fal"}


@rows("model", GENERATORS)
@rows(("controls", "size"), SIZES)
async def test_a_size_becomes_one_field(
    wire_for: Any, ask: Any, model: str, controls: dict[str, Any], size: dict[str, Any]
) -> None:
    fal, _ = wire_for(Fal)
    assert await fal.prepare(*ask(model, **controls)) == (
        Call(ENDPOINTS[model], {"prompt": "A red cup", **size}),
    )


@rows(("controls", "size"), SIZES)
async def test_vector_chooses_the_endpoint_and_is_no_field(
    wire_for: Any, ask: Any, controls: dict[str, Any], size: dict[str, Any]
) -> None:
    fal, _ = wire_for(Fal)
    assert await fal.prepare(*ask("recraft-v4", vector=True, **controls)) == (
        Call("/fal-ai/recraft/v4/text-to-vector", {"prompt": "A red cup", **size}),
    )


async def test_no_vector_is_no_field_either(wire_for: Any, ask: Any) -> None:
    fal, _ = wire_for(Fal)
    assert await fal.prepare(*ask("recraft-v4", vector=False)) == (
        Call("/fal-ai/recraft/v4/text-to-image", {"prompt": "A red cup"}),
    )


async def test_one_picture_goes_as_a_data_uri(wire_for: Any, ask: Any, source: InputImage) -> None:
    fal, _ = wire_for(Fal)
    assert await fal.prepare(*ask("qwen-image-edit", image=source)) == (
        Call("/fal-ai/qwen-image-edit", {"prompt": "A red cup", "image_url": _data_uri(source.path)}),
    )


async def test_a_field_for_many_gets_a_list(wire_for: Any, ask: Any, source: InputImage) -> None:
    fal, _ = wire_for(Fal)
    assert await fal.prepare(*ask("seedream-5", image=source)) == (
        Call(
            "/bytedance/seedream/v5/lite/edit",
            {"prompt": "A red cup", "image_urls": [_data_uri(source.path)]},
            ("/fal-ai/bytedance/seedream/v5/lite/edit",),
        ),
    )


def _data_uri(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
