"""Black Forest Labs' models. Fields by the OpenAPI behind docs.bfl.ai/api-reference."""

from imagestudio.catalog.price import Evidence, FirstMegapixel, PerImage, Price
from imagestudio.catalog.spec import SEED, Life, ModelSpec, Route, SourceImage, sides

API = "https://docs.bfl.ai/api-reference"
PRICING = "https://docs.bfl.ai/quick_start/pricing"


def _sized(upstream: str, price: Price) -> Route:
    wire = {"prompt": "prompt", "width": "width", "height": "height", "seed": "seed"}
    return Route(upstream, f"/v1/{upstream}", price, wire)


MODELS = (
    ModelSpec(
        id="flux-2-pro",
        name="Flux 2 Pro",
        provider="bfl",
        task="generate",
        note="Best open image model",
        listed_price="0.03–0.05",
        life=Life("live", "Live; FLUX 3 exists, no end announced."),
        controls=(*sides(2048, 16), SEED),
        routes={
            "default": _sized(
                "flux-2-pro", FirstMegapixel(0.03, 0.015, Evidence(source=PRICING, read="2026-11-23"))
            )
        },
        sources=(API, PRICING),
        default_size=(1024, 1024),
        default=True,
    ),
    ModelSpec(
        id="flux-2-klein",
        name="Flux 2 Klein",
        provider="bfl",
        task="generate",
        note="Fast, budget",
        listed_price=None,
        life=Life("live", "Live, as klein 4B; FLUX 3 Image Klein exists."),
        controls=(*sides(2048, 16), SEED),
        routes={
            "default": _sized(
                "flux-2-klein-4b", FirstMegapixel(0.014, 0.001, Evidence(source=PRICING, read="2026-11-23"))
            )
        },
        sources=(API, PRICING),
        default_size=(1024, 1024),
    ),
    ModelSpec(
        id="flux-1.1-pro",
        name="Flux 1.1 Pro",
        provider="bfl",
        task="generate",
        note="Previous gen, still strong",
        listed_price="0.04",
        life=Life("live", "Live, previous generation.", successor="flux-2-pro"),
        controls=(*sides(1440, 32), SEED),
        routes={
            "default": _sized("flux-pro-1.1", PerImage(0.04, Evidence(source=PRICING, read="2026-11-16")))
        },
        sources=(API, PRICING),
        default_size=(1024, 768),
    ),
    ModelSpec(
        id="flux-kontext",
        name="Flux Kontext",
        provider="bfl",
        task="edit",
        note="Context-aware editing",
        listed_price=None,
        life=Life("legacy", "Labelled legacy by Black Forest Labs.", successor="flux-2-pro"),
        controls=(SEED,),
        routes={
            "default": Route(
                upstream="flux-kontext-pro",
                endpoint="/v1/flux-kontext-pro",
                price=PerImage(0.04, Evidence(source=PRICING, read="2026-11-16")),
                wire={"prompt": "prompt", "seed": "seed"},
                image=SourceImage("input_image", "base64"),
            )
        },
        sources=(API, PRICING),
    ),
)
