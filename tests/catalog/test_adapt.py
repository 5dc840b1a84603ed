"""A wish becomes what a model takes, and every difference is said."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from imagestudio.catalog import MODELS
from imagestudio.catalog.adapt import adapt
from imagestudio.catalog.spec import ModelSpec
from imagestudio.catalog.validation import CONTROLS, validate
from imagestudio.core.errors import StudioError
from tests.tables import rows

WISHES = st.fixed_dictionaries(
    {},
    optional={
        "width": st.none() | st.integers(1, 20_000),
        "height": st.none() | st.integers(1, 20_000),
        "aspect_ratio": st.sampled_from(["1:1", "3:4", "4:3", "9:16", "16:9", "21:9", "1:40"]),
        "num_images": st.integers(1, 100),
        "image_size": st.sampled_from(["1K", "2K", "4K"]),
        "seed": st.integers(0, 2**40),
        "vector": st.booleans(),
    },
)
ANYTHING = st.dictionaries(
    st.sampled_from(CONTROLS),
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["0:1", "1:0", "0K"]),
)


def taken(spec: ModelSpec, settings: dict[str, Any]) -> bool:
    try:
        validate(spec.task, {"prompt": "x", "model": spec.id, **settings})
    except StudioError:
        return False
    return True


@given(wishes=WISHES)
@settings(deadline=None)
def test_the_settings_are_taken_and_every_difference_is_said(wishes: dict[str, Any]) -> None:
    for spec in MODELS.values():
        _every_difference_is_said(spec, wishes)


def _every_difference_is_said(spec: ModelSpec, wishes: dict[str, Any]) -> None:
    made = adapt(spec, wishes)
    assert taken(spec, made.settings), (spec.id, made)
    wished = {name: value for name, value in wishes.items() if value is not None}
    if taken(spec, wished):
        assert made.settings == wished, spec.id
        assert made.differences == (), spec.id
    said = {difference.field for difference in made.differences}
    said |= {"width", "height"} if "size" in said else set()
    for name in wished:
        honoured = made.settings.get(name) == wished[name]
        implied = {"num_images": wished[name] == 1, "vector": wished[name] is False}.get(name, False)
        by_size = name == "aspect_ratio" and {"width", "height"} <= set(made.settings) | said
        assert honoured or implied or by_size or name in said, (name, spec.id, made)


@given(wishes=ANYTHING)
@settings(deadline=None)
def test_wishes_of_any_kind_end_in_settings_that_are_taken(wishes: dict[str, Any]) -> None:
    for spec in MODELS.values():
        assert taken(spec, adapt(spec, wishes).settings), spec.id


@rows(
    ("model", "wishes", "settings", "differences"),
    [
        (
            "flux-2-pro",
            {"aspect_ratio": "16:9", "num_images": 3, "seed": 5},
            {"width": 1280, "height": 720, "seed": 5},
            [
                (
                    "aspect_ratio",
                    "16:9",
                    "1280 × 720",
                    "Flux 2 Pro takes width and height instead of a shape.",
                ),
                ("num_images", 3, 1, "Flux 2 Pro makes one picture a run."),
            ],
        ),
        (
            "flux-1.1-pro",
            {"width": 1000, "height": 500},
            {"width": 992, "height": 512},
            [("size", "1000 × 500", "992 × 512", "Flux 1.1 Pro takes width 256 to 1440 in steps of 32.")],
        ),
        (
            "flux-2-pro",
            {"width": 4096, "height": 2048, "image_size": "2K"},
            {"width": 2048, "height": 1024},
            [
                (
                    "image_size",
                    "2K",
                    "2048 × 1024",
                    "Flux 2 Pro takes width and height instead of a size class.",
                ),
                ("size", "4096 × 2048", "2048 × 1024", "Flux 2 Pro takes width 256 to 2048 in steps of 16."),
            ],
        ),
        (
            "imagen-4",
            {"width": 1920, "height": 1080, "seed": 5, "num_images": 9},
            {"aspect_ratio": "16:9", "image_size": "1K", "num_images": 4},
            [
                ("size", "1920 × 1080", "16:9, 1K", "Imagen 4 takes a shape instead of width and height."),
                ("num_images", 9, 4, "Imagen 4 takes num_images 1 to 4."),
                ("seed", 5, None, "Imagen 4 takes no seed."),
            ],
        ),
        (
            "imagen-4",
            {"aspect_ratio": "21:9", "image_size": "4K"},
            {"aspect_ratio": "16:9", "image_size": "2K"},
            [
                ("aspect_ratio", "21:9", "16:9", "Imagen 4 takes 1:1, 3:4, 4:3, 9:16, 16:9."),
                ("image_size", "4K", "2K", "Imagen 4 makes 1K and 2K."),
            ],
        ),
        (
            "sd-3.5",
            {"width": 1024, "aspect_ratio": "16:9", "vector": True},
            {"width": 1024, "height": 576},
            [("vector", True, False, "Stable Diffusion 3.5 makes pictures of pixels only.")],
        ),
        (
            "sd-3.5",
            {"width": 1024, "height": 1024, "aspect_ratio": "16:9"},
            {"width": 1024, "height": 1024},
            [("aspect_ratio", "16:9", "1024 × 1024", "Width and height say the shape.")],
        ),
        (
            "sd-3.5",
            {"image_size": "2K", "aspect_ratio": "1:1"},
            {"width": 2048, "height": 2048},
            [
                (
                    "image_size",
                    "2K",
                    "2048 × 2048",
                    "Stable Diffusion 3.5 takes width and height instead of a size class.",
                )
            ],
        ),
        ("qwen-image-edit", {"seed": 5}, {}, [("seed", 5, None, "Qwen Image Edit takes no seed.")]),
        (
            "flux-kontext",
            {"seed": 2**32},
            {"seed": 2**32 - 1},
            [
                ("seed", 2**32, 2**32 - 1, "Flux Kontext takes seed 0 to 4294967295."),
            ],
        ),
        ("flux-2-pro", {"width": "wide"}, {}, [("width", "wide", None, "That is no width.")]),
        (
            "flux-2-pro",
            {"width": 500},
            {"width": 496},
            [
                ("width", 500, 496, "Flux 2 Pro takes width 256 to 2048 in steps of 16."),
            ],
        ),
    ],
)
def test_what_is_made_of_a_wish(
    model: str, wishes: dict[str, Any], settings: dict[str, Any], differences: list[tuple[Any, ...]]
) -> None:
    made = adapt(MODELS[model], wishes)
    assert made.settings == settings
    said = [(one.field, one.wished, one.used, str(one.why)) for one in made.differences]
    assert said == list(differences)
