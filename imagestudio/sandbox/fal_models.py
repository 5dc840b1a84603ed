"""The fields that each of fal's models takes, and what follows from them for its pictures."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from imagestudio.sandbox.drawing import Format
from imagestudio.sandbox.fal_sizes import Preset, Sides, Size, Strict, pixels, seedream_pixels

Place = tuple[str | int, ...]
Byte = Annotated[int, Field(ge=0, le=255)]
Style3 = Annotated[
    str,
    StringConstraints(pattern=r"^(any|(realistic_image|digital_illustration|vector_illustration)(/\w+)?)$"),
]
StyleCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{8}$")]


class Rgb(Strict):
    r: Byte
    g: Byte
    b: Byte


class Inputs(Strict):
    prompt: str = Field(min_length=1)

    def size(self, source: Size | None) -> Size:
        """Width and height of each picture; `source` is the size of the first input picture."""
        raise NotImplementedError

    def format(self) -> Format:
        return "png"

    def images(self) -> list[tuple[Place, str]]:
        """The input pictures that count, each with its place in the body."""
        return []

    def number(self) -> int:
        return int(getattr(self, "num_images", 1))

    def on(self, switch: str) -> bool:
        """A boolean field's value, False where the model has no such field."""
        return bool(getattr(self, switch, False))


class Recraft4(Inputs):
    image_size: Preset | Sides = "square_hd"
    colors: list[Rgb] = Field(default_factory=list)
    background_color: Rgb | None = None
    enable_safety_checker: bool = True

    def size(self, source: Size | None) -> Size:
        return pixels(self.image_size)

    def format(self) -> Format:
        return "webp"


class Recraft4Vector(Recraft4):
    def format(self) -> Format:
        return "svg"


class Recraft3(Recraft4):
    prompt: str = Field(min_length=1, max_length=1000)
    style: Style3 = "realistic_image"
    style_id: str | None = None

    def format(self) -> Format:
        return "svg" if self.style.startswith("vector_illustration") else "webp"


class PaletteMember(Strict):
    rgb: Rgb
    color_weight: float | None = None


class Palette(Strict):
    name: Literal["EMBER", "FRESH", "JUNGLE", "MAGIC", "MELON", "MOSAIC", "PASTEL", "ULTRAMARINE"] | None = (
        None
    )
    members: list[PaletteMember] | None = None


class Ideogram3(Inputs):
    image_size: Preset | Sides = "square_hd"
    rendering_speed: Literal["TURBO", "BALANCED", "QUALITY"] = "BALANCED"
    expand_prompt: bool = True
    style: Literal["AUTO", "GENERAL", "REALISTIC", "DESIGN"] | None = None
    style_codes: list[StyleCode] | None = None
    style_preset: str | None = None
    color_palette: Palette | None = None
    image_urls: list[str] | None = None
    negative_prompt: str = ""
    num_images: int = Field(1, ge=1, le=8)
    seed: int | None = None
    sync_mode: bool = False

    @model_validator(mode="after")
    def _one_way_to_name_a_style(self) -> "Ideogram3":
        if self.style and self.style_codes:
            raise ValueError("style and style_codes cannot be used together")
        return self

    def size(self, source: Size | None) -> Size:
        return pixels(self.image_size)


class Diffusion(Inputs):
    """What Stable Diffusion and the Qwen models share."""

    image_size: Preset | Sides | None = None
    negative_prompt: str = ""
    num_images: int = Field(1, ge=1, le=4)
    seed: int | None = None
    output_format: Literal["jpeg", "png"] = "png"
    guidance_scale: float = Field(2.5, ge=0, le=20)
    enable_safety_checker: bool = True
    sync_mode: bool = False

    default_size: ClassVar[str] = "landscape_4_3"

    def size(self, source: Size | None) -> Size:
        if self.image_size is None and source:
            return source
        return pixels(self.image_size or self.default_size)

    def format(self) -> Format:
        return self.output_format


class StableDiffusion35(Diffusion):
    num_inference_steps: int = Field(28, ge=1, le=50)
    output_format: Literal["jpeg", "png"] = "jpeg"
    loras: list[dict[str, Any]] = Field(default_factory=list)
    controlnet: dict[str, Any] | None = None
    ip_adapter: dict[str, Any] | None = None


class QwenImage(Diffusion):
    num_inference_steps: int = Field(30, ge=2, le=250)
    acceleration: Literal["none", "regular", "high"] = "none"
    use_turbo: bool = False
    loras: list[dict[str, Any]] = Field(default_factory=list, max_length=3)


class QwenImageEdit(Diffusion):
    image_url: str
    num_inference_steps: int = Field(30, ge=2, le=50)
    acceleration: Literal["none", "regular", "high"] = "regular"

    def images(self) -> list[tuple[Place, str]]:
        return [(("image_url",), self.image_url)]


class SeedreamEdit(Inputs):
    image_urls: list[str] = Field(min_length=1)
    image_size: Preset | Literal["auto_2K", "auto_3K", "auto_4K"] | Sides = "auto_2K"
    num_images: int = Field(1, ge=1, le=6)
    max_images: int = Field(1, ge=1, le=6)
    sync_mode: bool = False
    enable_safety_checker: bool = True

    def size(self, source: Size | None) -> Size:
        return seedream_pixels(self.image_size, source or (1, 1))

    def images(self) -> list[tuple[Place, str]]:
        placed: list[tuple[Place, str]] = [
            (("image_urls", index), url) for index, url in enumerate(self.image_urls)
        ]
        return placed[-10:]
