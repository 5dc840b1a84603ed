"""The pixels that a ratio means for each model."""

from imagestudio.catalog import MODELS
from imagestudio.catalog.sizes import apart, fitting_size, nearest_ratio, ratio_size, sides_of
from imagestudio.catalog.spec import RATIOS
from imagestudio.catalog.validation import validate
from tests.tables import rows


@rows(
    ("model", "sizes"),
    [
        ("flux-2-pro", [(1024, 1024), (864, 1152), (1152, 864), (720, 1280), (1280, 720)]),
        ("flux-1.1-pro", [(1024, 1024), (864, 1152), (1024, 768), (736, 1312), (1312, 736)]),
        ("sd-3.5", [(1024, 1024), (768, 1024), (1024, 768), (576, 1024), (1024, 576)]),
        ("imagen-4", [None] * 5),
    ],
)
def test_a_ratios_pixels_are_the_models(model: str, sizes: list[tuple[int, int] | None]) -> None:
    assert [ratio_size(MODELS[model], ratio) for ratio in RATIOS] == sizes


def test_every_size_is_one_that_the_model_takes() -> None:
    for spec in (spec for spec in MODELS.values() if spec.control("width")):
        for ratio in RATIOS:
            size = ratio_size(spec, ratio)
            assert size is not None
            validate("generate", {"prompt": "x", "model": spec.id, "width": size[0], "height": size[1]})
            across, down = sides_of(ratio)
            assert apart(size[0] / size[1], across / down) < 0.01


def test_a_larger_area_is_reached_as_far_as_the_model_goes() -> None:
    assert fitting_size(MODELS["flux-2-pro"], 1, 4 * 1024**2) == (2048, 2048)
    assert fitting_size(MODELS["flux-1.1-pro"], 1, 4 * 1024**2) == (1440, 1440)
    assert fitting_size(MODELS["flux-2-pro"], 1, 1) == (256, 256)
    assert fitting_size(MODELS["flux-2-pro"], 100, 1024**2) == (2048, 256)
    assert fitting_size(MODELS["imagen-4"], 1, 1024**2) is None
    assert ratio_size(MODELS["flux-2-pro"], "21:9") == (1456, 624)


def test_a_sizes_nearest_ratio() -> None:
    for ratio in RATIOS:
        across, down = sides_of(ratio)
        assert nearest_ratio(across * 100 + 3, down * 100) == ratio
    assert nearest_ratio(9000, 1) == "16:9"
