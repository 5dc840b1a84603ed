"""The vocabulary that the catalog's entries are written in, and the controls that several share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from imagestudio.catalog.price import Price
from imagestudio.core.messages import Message
from imagestudio.core.request import Task

ControlName = Literal["width", "height", "aspect_ratio", "num_images", "image_size", "seed", "vector"]
Status = Literal["live", "legacy", "retired"]


@dataclass(frozen=True, slots=True)
class Control:
    """One setting that a model takes, with the bounds that form, validation and schemas share."""

    name: ControlName
    description: str
    kind: Literal["integer", "choice", "flag"]
    minimum: int = 0
    maximum: int = 0
    step: int = 1
    choices: tuple[str, ...] = ()
    default: Any = None
    selects_route: str | None = None
    """For a flag: the route that serves the model while the flag is on."""

    def schema(self) -> dict[str, Any]:
        """The control as JSON Schema."""
        schema: dict[str, Any] = {"description": self.description}
        match self.kind:
            case "integer":
                schema |= {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}
                if self.step > 1:
                    schema["multipleOf"] = self.step
            case "choice":
                schema |= {"type": "string", "enum": list(self.choices)}
            case "flag":
                schema["type"] = "boolean"
        return schema if self.default is None else schema | {"default": self.default}


@dataclass(frozen=True, slots=True)
class SourceImage:
    """How an upstream takes the picture to edit."""

    field: str
    encoding: Literal["base64", "data_uri"]
    in_list: bool = False
    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 20_000_000


@dataclass(frozen=True, slots=True)
class Hub:
    """A model as Hugging Face's router serves it, through fal."""

    id: str
    """On the Hub."""
    path: str
    """fal's own name for it, by the Hub's `inferenceProviderMapping`."""


@dataclass(frozen=True, slots=True)
class Route:
    """One upstream that can serve a model: where to send, what to call things, what it costs."""

    upstream: str
    """The upstream's own model id, as people find it in the vendor's documentation."""
    endpoint: str
    """Path under the provider's base URL."""
    price: Price
    wire: Mapping[str, str]
    """Where `prompt` and each control go in the body: dotted paths, list positions as numbers."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """What the upstream requires besides what was asked."""
    image: SourceImage | None = None
    former_endpoints: tuple[str, ...] = ()
    """Older spellings, tried when the endpoint is answered with 404 (which accepts nothing)."""
    served_by: str | None = None
    """The model that really answers, where it is not the one asked for."""
    notice: Message | None = None
    """What every job on this route carries as a warning."""
    hub: Hub | None = None
    """Where Hugging Face routes the same upstream; None where it does not."""


@dataclass(frozen=True, slots=True)
class Life:
    """Where a model stands with its vendor."""

    status: Status
    note: str
    since: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as data: adding one is one entry in its provider's catalog file."""

    id: str
    name: str
    provider: str
    """A name in `providers.PROVIDERS`."""
    task: Task
    note: str
    listed_price: str | None
    """USD an image as the product's specification words it; None where it names no figure."""
    life: Life
    controls: tuple[Control, ...]
    routes: Mapping[str, Route]
    """By name; the first is the one used unless a setting or a flag chooses another."""
    sources: tuple[str, ...]
    default_size: tuple[int, int] | None = None
    """Pixels the model makes when no size is asked, as far as its documentation tells."""
    ratio_sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Pixels that each ratio comes out as, where the documentation tells."""
    prompt_max: int = 10_000
    """Longest prompt, in characters."""
    default: bool = False
    """The model that its task uses when none is named."""

    def control(self, name: str) -> Control | None:
        """The control of that name, or None where the model does not take it."""
        return next((control for control in self.controls if control.name == name), None)

    def size(self, controls: Mapping[str, Any]) -> tuple[int, int] | None:
        """The pixels that these controls will make, as far as the documentation tells."""
        if "width" in controls and "height" in controls:
            return controls["width"], controls["height"]
        return self.ratio_sizes.get(controls.get("aspect_ratio", ""), self.default_size)

    def route(self, controls: Mapping[str, Any], preferred: str = "") -> Route:
        """The upstream that serves these controls; `preferred` names a route the operator chose."""
        for control in self.controls:
            if control.selects_route and controls.get(control.name):
                return self.routes[control.selects_route]
        return self.routes.get(preferred) or next(iter(self.routes.values()))


RATIOS = ("1:1", "3:4", "4:3", "9:16", "16:9")

ASPECT_RATIO = Control("aspect_ratio", "Shape of the picture, width to height.", "choice", choices=RATIOS)
NUM_IMAGES = Control("num_images", "How many pictures.", "integer", minimum=1, maximum=4, default=1)
IMAGE_SIZE = Control("image_size", "Resolution class of the picture.", "choice", choices=("1K", "2K"))
SEED = Control(
    "seed", "Same seed and settings, similar picture.", "integer", minimum=0, maximum=4_294_967_295
)


def sides(maximum: int, step: int = 1) -> tuple[Control, Control]:
    """Width and height in pixels, 256 to `maximum`, in multiples of `step`."""
    return _side("width", maximum, step), _side("height", maximum, step)


def _side(name: ControlName, maximum: int, step: int) -> Control:
    return Control(
        name, f"{name.capitalize()} in pixels.", "integer", minimum=256, maximum=maximum, step=step
    )
