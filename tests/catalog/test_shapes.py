"""Named shapes, and their pixels with each model."""

import pytest

from imagestudio.catalog import MODELS
from imagestudio.catalog.controls import RATIOS
from imagestudio.catalog.shapes import apart, fitting_size, nearest_ratio, ratio_size, shapes
from imagestudio.catalog.spec import ModelSpec
from imagestudio.catalog.validation import check

SHAPED = [spec for spec in MODELS.values() if spec.task == "generate"]


def test_the_five_shapes_have_names() -> None:
    assert [
        (shape.ratio, shape.name, shape.across, shape.down) for shape in shapes(MODELS["flux-2-pro"])
    ] == [
        ("1:1", "Square", 1, 1),
        ("3:4", "Portrait", 3, 4),
        ("4:3", "Landscape", 4, 3),
        ("9:16", "Tall", 9, 16),
        ("16:9", "Wide", 16, 9),
    ]


@pytest.mark.parametrize(
    ("model", "sizes"),
    [
        ("flux-2-pro", [(1024, 1024), (864, 1152), (1152, 864), (720, 1280), (1280, 720)]),
        ("flux-1.1-pro", [(1024, 1024), (864, 1152), (1024, 768), (736, 1312), (1312, 736)]),
        ("sd-3.5", [(1024, 1024), (768, 1024), (1024, 768), (576, 1024), (1024, 576)]),
        ("imagen-4", [None] * 5),
        ("flux-kontext", []),
    ],
)
def test_their_pixels_are_the_models(model: str, sizes: list[tuple[int, int] | None]) -> None:
    assert [shape.size for shape in shapes(MODELS[model])] == sizes


@pytest.mark.parametrize("spec", SHAPED, ids=lambda spec: spec.id)
def test_every_size_is_one_that_the_model_takes(spec: ModelSpec) -> None:
    for shape in shapes(spec):
        if shape.size is not None and spec.control("width") is not None:
            width, height = shape.size
            check("generate", {"prompt": "x", "model": spec.id, "width": width, "height": height})
            assert apart(width / height, shape.across / shape.down) < 0.01


def test_a_larger_area_is_reached_as_far_as_the_model_goes() -> None:
    assert fitting_size(MODELS["flux-2-pro"], 1, 4 * 1024**2) == (2048, 2048)
    assert fitting_size(MODELS["flux-1.1-pro"], 1, 4 * 1024**2) == (1440, 1440)
    assert fitting_size(MODELS["flux-2-pro"], 1, 1) == (256, 256)
    assert fitting_size(MODELS["flux-2-pro"], 100, 1024**2) == (2048, 256)
    assert fitting_size(MODELS["imagen-4"], 1, 1024**2) is None
    assert ratio_size(MODELS["flux-2-pro"], "21:9") == (1456, 624)


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_sizes_nearest_ratio(ratio: str) -> None:
    across, down = map(int, ratio.split(":"))
    assert nearest_ratio(across * 100 + 3, down * 100) == ratio
    assert nearest_ratio(9000, 1) == "16:9"
