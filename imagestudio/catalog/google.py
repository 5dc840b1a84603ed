"""Google's models: the Imagen 4 ids, which their named successors serve since 17 August 2026."""

from datetime import date

from imagestudio.catalog.price import BySize, Evidence, PerImage
from imagestudio.catalog.spec import ASPECT_RATIO, IMAGE_SIZE, NUM_IMAGES, Life, ModelSpec, Route
from imagestudio.core.messages import Message

SHUTDOWN = date(2026, 8, 17)
MIGRATION = "https://firebase.google.com/docs/ai-logic/imagen-models-migration"
IMAGEN_DOCS = "https://ai.google.dev/gemini-api/docs/imagen"

NANO_BANANA_PRICE = BySize(
    {"1K": 0.0336, "2K": None},
    "1K",
    0.1134,
    Evidence(
        source="https://inference.sh/apps/google/gemini-nano-banana-2-1",
        read="2026-11-06",
        note="$0.0336 at 1K to $0.1134 at 4K; no source names the price at 2K.",
    ),
)
PRO_IMAGE_PRICE = BySize(
    {"1K": 0.134, "2K": 0.134},
    "1K",
    0.24,
    Evidence(source="https://ai.google.dev/gemini-api/docs/pricing", read="2026-11-23"),
)


def _successor(name: str, model: str, price: BySize, thinking: str | None = None) -> Route:
    """One `:generateContent` call an image; fields by ai.google.dev/api/generate-content."""
    config: dict[str, object] = {"responseModalities": ["IMAGE"]}
    if thinking:
        config["thinkingConfig"] = {"thinkingLevel": thinking}
    return Route(
        upstream=model,
        endpoint=f"/v1beta/models/{model}:generateContent",
        price=price,
        wire={
            "prompt": "contents.0.parts.0.text",
            "aspect_ratio": "generationConfig.imageConfig.aspectRatio",
            "image_size": "generationConfig.imageConfig.imageSize",
        },
        fixed={"contents": [{"role": "user", "parts": [{}]}], "generationConfig": config},
        served_by=model,
        notice=Message("model.succeeded_by", name=name, successor=model),
    )


def _imagen(model: str, usd: float) -> Route:
    """The `:predict` contract that gateways may still serve; `sampleCount` always goes along."""
    return Route(
        upstream=model,
        endpoint=f"/v1beta/models/{model}:predict",
        price=PerImage(usd, Evidence(source=IMAGEN_DOCS, read="2026-08-17", note="Google's last price.")),
        wire={
            "prompt": "instances.0.prompt",
            "num_images": "parameters.sampleCount",
            "aspect_ratio": "parameters.aspectRatio",
            "image_size": "parameters.sampleImageSize",
        },
        fixed={"instances": [{}], "parameters": {"sampleCount": 1, "includeRaiReason": True}},
    )


def _life(successor: str) -> Life:
    return Life(
        "retired",
        f"Shut down by Google on 17 August 2026; served by {successor}.",
        since=SHUTDOWN,
        successor=successor,
    )


MODELS = (
    ModelSpec(
        id="imagen-4",
        name="Imagen 4",
        provider="google",
        task="generate",
        note="Flagship, great text rendering",
        listed_price="0.04",
        life=_life("gemini-nano-banana-2.1"),
        controls=(ASPECT_RATIO, NUM_IMAGES, IMAGE_SIZE),
        routes={
            "successor": _successor("Imagen 4", "gemini-nano-banana-2.1", NANO_BANANA_PRICE, "HIGH"),
            "imagen": _imagen("imagen-4.0-generate-001", 0.04),
        },
        sources=(MIGRATION, IMAGEN_DOCS),
    ),
    ModelSpec(
        id="imagen-4-fast",
        name="Imagen 4 Fast",
        provider="google",
        task="generate",
        note="Quick generation",
        listed_price="0.02",
        life=_life("gemini-nano-banana-2.1"),
        controls=(ASPECT_RATIO, NUM_IMAGES),
        routes={
            "successor": _successor("Imagen 4 Fast", "gemini-nano-banana-2.1", NANO_BANANA_PRICE, "MINIMAL"),
            "imagen": _imagen("imagen-4.0-fast-generate-001", 0.02),
        },
        sources=(MIGRATION, IMAGEN_DOCS),
    ),
    ModelSpec(
        id="imagen-4-ultra",
        name="Imagen 4 Ultra",
        provider="google",
        task="generate",
        note="Highest quality, 2K",
        listed_price="0.06",
        life=_life("gemini-3-pro-image"),
        controls=(ASPECT_RATIO, NUM_IMAGES, IMAGE_SIZE),
        routes={
            "successor": _successor("Imagen 4 Ultra", "gemini-3-pro-image", PRO_IMAGE_PRICE),
            "imagen": _imagen("imagen-4.0-ultra-generate-001", 0.06),
        },
        sources=(MIGRATION, IMAGEN_DOCS),
    ),
)
