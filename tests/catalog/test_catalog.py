"""The catalog holds the fourteen models as the contract lists them."""

import pytest

from imagestudio.catalog import MODELS, default_model, get_model, models_for
from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.errors import InvalidModel
from imagestudio.providers import PROVIDERS
from tests.tables import rows

RATIOS = ["1:1", "3:4", "4:3", "9:16", "16:9"]
# The contract's first table: name, provider, task, listed price, note.
LISTED = {
    "imagen-4": ("Imagen 4", "google", "generate", "0.04", "Flagship, great text rendering"),
    "imagen-4-fast": ("Imagen 4 Fast", "google", "generate", "0.02", "Quick generation"),
    "imagen-4-ultra": ("Imagen 4 Ultra", "google", "generate", "0.06", "Highest quality, 2K"),
    "flux-2-pro": ("Flux 2 Pro", "bfl", "generate", "0.03–0.05", "Best open image model"),
    "flux-2-klein": ("Flux 2 Klein", "bfl", "generate", None, "Fast, budget"),
    "flux-1.1-pro": ("Flux 1.1 Pro", "bfl", "generate", "0.04", "Previous gen, still strong"),
    "recraft-v4": ("Recraft V4", "fal", "generate", "0.04", "Design-focused, vector SVG support"),
    "recraft-v3": ("Recraft V3", "fal", "generate", "0.04", "Previous gen"),
    "ideogram-v3": ("Ideogram V3", "fal", "generate", "0.03–0.09", "Best text-in-image rendering"),
    "sd-3.5": ("Stable Diffusion 3.5", "fal", "generate", "~0.03", "Open-weights classic"),
    "qwen-image": ("Qwen Image", "fal", "generate", "0.075", "Strong multilingual prompts"),
    "flux-kontext": ("Flux Kontext", "bfl", "edit", None, "Context-aware editing"),
    "qwen-image-edit": ("Qwen Image Edit", "fal", "edit", "0.075", "Text + object editing"),
    "seedream-5": ("Seedream 5", "fal", "edit", "~0.04", "Style transfer, smart editing"),
}
SIDE = {"type": "integer", "minimum": 256, "maximum": 2048}
SIZED = {"width": SIDE, "height": SIDE, "aspect_ratio": {"type": "string", "enum": RATIOS}}
SEED = {"type": "integer", "minimum": 0, "maximum": 4_294_967_295}
COUNT = {"type": "integer", "minimum": 1, "maximum": 4, "default": 1}
IMAGEN = {"aspect_ratio": {"type": "string", "enum": RATIOS}, "num_images": COUNT}
CLASSES = {"image_size": {"type": "string", "enum": ["1K", "2K"]}}
FLUX_2 = {"width": SIDE | {"multipleOf": 16}, "height": SIDE | {"multipleOf": 16}, "seed": SEED}
FLUX_1 = {name: SIDE | {"maximum": 1440, "multipleOf": 32} for name in ("width", "height")} | {"seed": SEED}
VECTOR = {"vector": {"type": "boolean", "default": False}}
# The contract's second table, as JSON Schema.
CONTROLS: dict[str, dict[str, object]] = {
    "imagen-4": IMAGEN | CLASSES,
    "imagen-4-fast": IMAGEN,
    "imagen-4-ultra": IMAGEN | CLASSES,
    "flux-2-pro": FLUX_2,
    "flux-2-klein": FLUX_2,
    "flux-1.1-pro": FLUX_1,
    "recraft-v4": SIZED | VECTOR,
    "recraft-v3": SIZED,
    "ideogram-v3": SIZED,
    "sd-3.5": SIZED,
    "qwen-image": SIZED,
    "flux-kontext": {"seed": SEED},
    "qwen-image-edit": {},
    "seedream-5": {},
}


def test_the_models_are_the_listed_ones() -> None:
    assert {
        spec.id: (spec.name, spec.provider, spec.task, spec.listed_price, spec.note)
        for spec in MODELS.values()
    } == LISTED


@rows("spec", MODELS.values())
def test_controls_are_the_listed_ones(spec: ModelSpec) -> None:
    schemas = {control.name: control.schema() for control in spec.controls}
    assert all(schema.pop("description") for schema in schemas.values())
    assert schemas == CONTROLS[spec.id]


def test_defaults() -> None:
    assert default_model("generate").id == "flux-2-pro"
    assert default_model("edit").id == "qwen-image-edit"
    assert sum(spec.default for spec in MODELS.values()) == 2


@rows("spec", MODELS.values())
def test_an_entry_is_complete(spec: ModelSpec) -> None:
    assert spec.provider in PROVIDERS
    assert spec.sources
    assert spec.life.note
    for route in spec.routes.values():
        assert route.endpoint.startswith("/")
        assert route.price.evidence.source.startswith("https://")
        assert route.price.evidence.read.startswith("2026-")
        assert (route.image is not None) == (spec.task == "edit")
    named = {control.name for control in spec.controls if not control.selects_route}
    for route in spec.routes.values():
        assert named - {"num_images"} <= set(route.wire), "a control without a place in the body is dropped"


@rows(
    ("model", "controls", "usd"),
    [
        ("flux-2-pro", {}, 0.03),
        ("flux-2-pro", {"width": 1024, "height": 1040}, 0.045),
        ("flux-2-pro", {"width": 2048, "height": 2048}, 0.075),
        ("flux-2-klein", {"width": 2048, "height": 2048}, 0.017),
        ("sd-3.5", {"width": 1024, "height": 1024}, 0.065),
        ("qwen-image", {"aspect_ratio": "1:1"}, 0.02),
        ("recraft-v4", {"vector": True}, 0.08),
        ("imagen-4", {}, 0.0336),
        ("imagen-4", {"image_size": "2K"}, None),
        ("imagen-4-ultra", {"image_size": "2K"}, 0.134),
    ],
)
def test_price_rules(model: str, controls: dict[str, object], usd: float | None) -> None:
    spec = MODELS[model]
    size = spec.size(controls)
    price = spec.route(controls).price
    image_size = controls.get("image_size")
    assert (
        price.per_image(size[0] * size[1] if size else None, str(image_size) if image_size else None) == usd
    )
    assert price.describe()


def test_a_size_that_is_not_known_has_no_price_per_megapixel() -> None:
    assert MODELS["qwen-image-edit"].route({}).price.per_image(None, None) is None


def test_the_imagen_route_is_a_choice() -> None:
    spec = MODELS["imagen-4"]
    assert spec.route({}).endpoint == "/v1beta/models/gemini-nano-banana-2.1:generateContent"
    assert spec.route({}, "imagen").endpoint == "/v1beta/models/imagen-4.0-generate-001:predict"
    assert MODELS["flux-2-pro"].route({}, "imagen").endpoint == "/v1/flux-2-pro"


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidModel) as caught:
        get_model("dall-e", "edit")
    assert caught.value.details == {
        "field": "model",
        "allowed": ["flux-kontext", "qwen-image-edit", "seedream-5"],
    }
    with pytest.raises(InvalidModel, match="edits a picture"):
        get_model("seedream-5", "generate")
    assert len(models_for("generate")) == 11
