"""fal.ai's models. Fields by each endpoint's page at fal.ai/models/{endpoint}."""

from imagestudio.catalog.price import Evidence, PerImage, PerMegapixel, Price
from imagestudio.catalog.spec import ASPECT_RATIO, Control, Hub, Life, ModelSpec, Route, SourceImage, sides

SIZED = (*sides(2048), ASPECT_RATIO)
SQUARE_HD = (1024, 1024)
LANDSCAPE_4_3 = (1024, 768)
PRESETS = {
    "1:1": SQUARE_HD,
    "3:4": (768, 1024),
    "4:3": LANDSCAPE_4_3,
    "9:16": (576, 1024),
    "16:9": (1024, 576),
}
"""Pixels of fal's size presets, by the ratio that chooses them."""


def _page(endpoint: str) -> str:
    return f"https://fal.ai/models/{endpoint}"


def _sized(endpoint: str, price: Price, hub: Hub | None = None) -> Route:
    """Width and height, or a ratio, all become fal's `image_size`."""
    size = dict.fromkeys(("width", "height", "aspect_ratio"), "image_size")
    return Route(endpoint, f"/{endpoint}", price, {"prompt": "prompt", **size}, hub=hub)


def _hub(model: str, endpoint: str) -> Hub:
    # Recraft, Ideogram and Seedream have no repository on the Hub, so no route.
    return Hub(model, endpoint)


def _read(endpoint: str, read: str, note: str = "") -> Evidence:
    return Evidence(source=_page(endpoint), read=read, note=note)


VECTOR = Control(
    "vector",
    "An SVG drawing in place of a picture of pixels.",
    "flag",
    default=False,
    selects_route="vector",
)
RECRAFT_V4 = "fal-ai/recraft/v4/text-to-image"
RECRAFT_V4_VECTOR = "fal-ai/recraft/v4/text-to-vector"
RECRAFT_V3 = "fal-ai/recraft/v3/text-to-image"
IDEOGRAM_V3 = "fal-ai/ideogram/v3"
SD_35 = "fal-ai/stable-diffusion-v35-large"
QWEN = "fal-ai/qwen-image"
QWEN_EDIT = "fal-ai/qwen-image-edit"
SEEDREAM = "bytedance/seedream/v5/lite/edit"

MODELS = (
    ModelSpec(
        id="recraft-v4",
        name="Recraft V4",
        provider="fal",
        task="generate",
        note="Design-focused, vector SVG support",
        listed_price="0.04",
        life=Life("live", "Live.", successor="recraft v4.1"),
        controls=(*SIZED, VECTOR),
        routes={
            "default": _sized(RECRAFT_V4, PerImage(0.04, _read(RECRAFT_V4, "2026-11-23"))),
            "vector": _sized(RECRAFT_V4_VECTOR, PerImage(0.08, _read(RECRAFT_V4_VECTOR, "2026-11-23"))),
        },
        sources=(_page(RECRAFT_V4), _page(RECRAFT_V4_VECTOR)),
        default_size=SQUARE_HD,
        ratio_sizes=PRESETS,
    ),
    ModelSpec(
        id="recraft-v3",
        name="Recraft V3",
        provider="fal",
        task="generate",
        note="Previous gen",
        listed_price="0.04",
        life=Life("live", "Live, superseded by Recraft V4.", successor="recraft-v4"),
        controls=SIZED,
        routes={"default": _sized(RECRAFT_V3, PerImage(0.04, _read(RECRAFT_V3, "2026-11-23")))},
        sources=(_page(RECRAFT_V3),),
        default_size=SQUARE_HD,
        ratio_sizes=PRESETS,
        prompt_max=1000,
    ),
    ModelSpec(
        id="ideogram-v3",
        name="Ideogram V3",
        provider="fal",
        task="generate",
        note="Best text-in-image rendering",
        listed_price="0.03–0.09",
        life=Life("live", "Live, superseded by Ideogram 4.", successor="ideogram/v4"),
        controls=SIZED,
        routes={
            "default": _sized(
                IDEOGRAM_V3,
                PerImage(
                    0.06,
                    _read(IDEOGRAM_V3, "2026-11-23", "Balanced speed; Ideogram's own list says the same."),
                ),
            )
        },
        sources=(_page(IDEOGRAM_V3),),
        default_size=SQUARE_HD,
        ratio_sizes=PRESETS,
    ),
    ModelSpec(
        id="sd-3.5",
        name="Stable Diffusion 3.5",
        provider="fal",
        task="generate",
        note="Open-weights classic",
        listed_price="~0.03",
        life=Life("live", "Live."),
        controls=SIZED,
        routes={
            "default": _sized(
                SD_35,
                PerMegapixel(0.065, _read(SD_35, "2026-11-23")),
                _hub("stabilityai/stable-diffusion-3.5-large", SD_35),
            )
        },
        sources=(_page(SD_35),),
        default_size=LANDSCAPE_4_3,
        ratio_sizes=PRESETS,
    ),
    ModelSpec(
        id="qwen-image",
        name="Qwen Image",
        provider="fal",
        task="generate",
        note="Strong multilingual prompts",
        listed_price="0.075",
        life=Life("live", "Live.", successor="fal-ai/qwen-image-2512"),
        controls=SIZED,
        routes={
            "default": _sized(
                QWEN, PerMegapixel(0.02, _read(QWEN, "2026-09-09")), _hub("Qwen/Qwen-Image", QWEN)
            )
        },
        sources=(_page(QWEN),),
        default_size=LANDSCAPE_4_3,
        ratio_sizes=PRESETS,
    ),
    ModelSpec(
        id="qwen-image-edit",
        name="Qwen Image Edit",
        provider="fal",
        task="edit",
        note="Text + object editing",
        listed_price="0.075",
        life=Life("live", "Live.", successor="fal-ai/qwen-image-edit-2511"),
        controls=(),
        routes={
            "default": Route(
                upstream=QWEN_EDIT,
                endpoint=f"/{QWEN_EDIT}",
                price=PerMegapixel(
                    0.03, _read(QWEN_EDIT, "2026-11-23", "A reading of 2026-09-09 says $0.02 a megapixel.")
                ),
                wire={"prompt": "prompt"},
                image=SourceImage("image_url", "data_uri"),
                hub=_hub("Qwen/Qwen-Image-Edit", QWEN_EDIT),
            )
        },
        sources=(_page(QWEN_EDIT),),
        default=True,
    ),
    ModelSpec(
        id="seedream-5",
        name="Seedream 5",
        provider="fal",
        task="edit",
        note="Style transfer, smart editing",
        listed_price="~0.04",
        life=Life("live", "Live, as Seedream 5 Lite.", successor="bytedance/seedream/v5/pro/edit"),
        controls=(),
        routes={
            "default": Route(
                upstream=SEEDREAM,
                endpoint=f"/{SEEDREAM}",
                price=PerImage(0.035, _read(SEEDREAM, "2026-09-16")),
                wire={"prompt": "prompt"},
                image=SourceImage("image_urls", "data_uri", in_list=True),
                former_endpoints=(f"/fal-ai/{SEEDREAM}",),
            )
        },
        sources=(_page(SEEDREAM),),
    ),
)
