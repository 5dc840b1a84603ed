"""Requests as JSON Schema, from the catalog: for the models endpoint and the reference alike."""

from typing import Any

from imagestudio.api.bodies import MAX_BODY
from imagestudio.catalog import MODELS, default_model, models_for
from imagestudio.catalog.spec import ModelSpec
from imagestudio.catalog.validation import RESPONSE_FORMATS, controls_of
from imagestudio.core.request import Task
from imagestudio.jobs.webhooks.target import LONGEST

IMAGE_URL = {
    "type": "string",
    "description": "The picture to edit: an http(s) URL, a data URI, or the address of this studio's file.",
}
RESPONSE_FORMAT = {
    "type": "string",
    "enum": list(RESPONSE_FORMATS),
    "default": RESPONSE_FORMATS[0],
    "description": "How pictures are answered; auto is base64 for Google's models and url for the others.",
}

DRY_RUN = {
    "type": "boolean",
    "default": False,
    "description": "true: only answer what would be sent, and its cost. Nothing is kept, sent or charged.",
}
REPLACES = {"type": "string", "description": "Id of the job that this one repeats. run-again sets it."}
WEBHOOK_URL = {
    "type": "string",
    "format": "uri",
    "maxLength": LONGEST,
    "description": "Told when the job ends: a public http(s) address on port 80 or 443.",
}

OPTIONS = {
    "response_format": RESPONSE_FORMAT,
    "dry_run": DRY_RUN,
    "webhook_url": WEBHOOK_URL,
    "replaces": REPLACES,
}


def request_schema(spec: ModelSpec) -> dict[str, Any]:
    """The JSON body that runs this model. It may be left unnamed only where it is its task's default."""
    properties: dict[str, Any] = {"prompt": _prompt(spec), "model": _model(spec)}
    required = ["prompt"] if spec.default else ["prompt", "model"]
    if spec.task == "edit":
        properties["image_url"] = IMAGE_URL
        required.append("image_url")
    properties |= {control.name: control.schema() for control in spec.controls}
    return {
        "type": "object",
        "title": spec.name,
        "description": f"{spec.note}. {spec.life.note}",
        "properties": properties | OPTIONS,
        "required": required,
        "additionalProperties": False,
    }


def _prompt(spec: ModelSpec) -> dict[str, Any]:
    what = "What to change." if spec.task == "edit" else "What the picture shows."
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": spec.prompt_max,
        "description": f"{what} Counted without the blanks around it.",
    }


def _model(spec: ModelSpec) -> dict[str, Any]:
    schema = {"type": "string", "const": spec.id, "description": f"{spec.name}, of {spec.provider}."}
    return schema | {"default": spec.id} if spec.default else schema


def request_schemas() -> dict[str, Any]:
    """Every model's, by the name of its component."""
    return {_component(spec): request_schema(spec) for spec in MODELS.values()}


def request_body(task: Task) -> dict[str, Any]:
    """What a route takes: one of its task's models' requests; to edit, a form as well."""
    source = {"image_url": "https://example.com/photo.jpg"} if task == "edit" else {}
    example = {"prompt": "a lighthouse at dusk", "model": default_model(task).id, **source}
    models = [{"$ref": f"#/components/schemas/{_component(spec)}"} for spec in models_for(task)]
    content: dict[str, Any] = {"application/json": {"schema": {"oneOf": models}, "example": example}}
    if task == "edit":
        content["multipart/form-data"] = {"schema": _form()}
    return {"required": True, "description": f"Up to {MAX_BODY:,} bytes.", "content": content}


def _component(spec: ModelSpec) -> str:
    return f"{spec.task}.{spec.id}"


def _form() -> dict[str, Any]:
    models = models_for("edit")
    controls = {
        name: {"type": control.schema()["type"], "description": "Where the model takes one."}
        for name in controls_of("edit")
        for control in [next(filter(None, (spec.control(name) for spec in models)))]
    }
    return {
        "type": "object",
        "properties": {
            "image": {"type": "string", "format": "binary", "description": "The picture; or give image_url."},
            "image_url": {"type": "string"},
            "prompt": {"type": "string"},
            "model": {
                "type": "string",
                "enum": [spec.id for spec in models],
                "default": default_model("edit").id,
            },
            **controls,
            **OPTIONS,
        },
        "required": ["prompt"],
        "additionalProperties": False,
        "oneOf": [{"required": ["image"]}, {"required": ["image_url"]}],
    }
