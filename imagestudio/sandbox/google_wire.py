"""The requests that Google documents, and its way of refusing others: the JSON form of google.rpc.Status."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse

TYPES = "type.googleapis.com/google.rpc."


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class Blob(Wire):
    mime_type: str
    data: str


class Part(Wire):
    text: str | None = None
    inline_data: Blob | None = None


class Content(Wire):
    role: Literal["user", "model"] = "user"
    parts: list[Part] = Field(min_length=1)


class ImageConfig(Wire):
    aspect_ratio: str | None = None
    image_size: str | None = None


class ThinkingConfig(Wire):
    thinking_level: str | None = None


class GenerationConfig(Wire):
    response_modalities: list[Literal["TEXT", "IMAGE"]] = ["TEXT", "IMAGE"]
    image_config: ImageConfig = ImageConfig()
    thinking_config: ThinkingConfig = ThinkingConfig()


class GenerateContent(Wire):
    contents: list[Content] = Field(min_length=1)
    generation_config: GenerationConfig = GenerationConfig()

    def parts(self) -> list[Part]:
        return [part for content in self.contents for part in content.parts]

    def prompt(self) -> str:
        return "\n".join(part.text for part in self.parts() if part.text)


class Instance(Wire):
    prompt: str = Field(min_length=1)


class OutputOptions(Wire):
    mime_type: Literal["image/png", "image/jpeg"] = "image/png"
    compression_quality: int | None = Field(default=None, ge=0, le=100)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class Parameters(Wire):
    sample_count: int = Field(default=4, ge=1, le=4)
    aspect_ratio: Literal["1:1", "3:4", "4:3", "9:16", "16:9"] = "1:1"
    sample_image_size: Literal["1K", "2K"] = "1K"
    person_generation: Annotated[
        Literal["dont_allow", "allow_adult", "allow_all"], BeforeValidator(_lower)
    ] = "allow_adult"
    safety_setting: Annotated[Literal["block_low_and_above"], BeforeValidator(_lower)] = "block_low_and_above"
    include_rai_reason: bool = False
    include_safety_attributes: bool = False
    output_options: OutputOptions = OutputOptions()
    language: str | None = None
    guidance_scale: float | None = None


class Predict(Wire):
    instances: list[Instance] = Field(min_length=1, max_length=1)
    parameters: Parameters = Parameters()


def failure(code: int, status: str, message: str, *details: dict[str, Any]) -> JSONResponse:
    """`details` are the typed messages of a google.rpc.Status, left out where there are none."""
    error: dict[str, Any] = {"code": code, "message": message, "status": status}
    if details:
        error["details"] = list(details)
    return JSONResponse({"error": error}, code)


def invalid(message: str, *details: dict[str, Any]) -> JSONResponse:
    return failure(400, "INVALID_ARGUMENT", message, *details)


def refusal(error: ValidationError) -> JSONResponse:
    """A malformed request, with a violation for each field."""
    violations = []
    for problem in error.errors(include_url=False):
        field, description = _violation(dict(problem))
        violations.append({"field": field, "description": description})
    message = "\n".join(violation["description"] for violation in violations)
    return invalid(message, {"@type": TYPES + "BadRequest", "fieldViolations": violations})


def _violation(problem: dict[str, Any]) -> tuple[str, str]:
    loc: tuple[str | int, ...] = problem["loc"]
    path = _path(loc)
    if problem["type"] == "extra_forbidden":
        parent = _path(loc[:-1])
        at = f" at '{parent}'" if parent else ""
        return parent, f'Invalid JSON payload received. Unknown name "{loc[-1]}"{at}: Cannot find field.'
    if problem["type"] == "missing":
        return path, f"* {path}: {path} is not specified"
    return path, f"Invalid value at '{path}': {problem['msg']}"


def _path(loc: tuple[str | int, ...]) -> str:
    """`generation_config.image_config`, `contents[0].parts[1]`: proto names, as Google writes them."""
    path = ""
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += ("." if path else "") + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", step).lower()
    return path
