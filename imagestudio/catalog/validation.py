"""Whether a request can be served, decided before anything is spent.

What a model does not take is refused by name; nothing is clamped, rounded or dropped.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, get_args

from imagestudio.catalog import default_model, get_model, models_for
from imagestudio.catalog.sizes import complete_size
from imagestudio.catalog.spec import Control, ControlName, ModelSpec
from imagestudio.core.errors import InvalidParameter, MissingField, UnsupportedParameter
from imagestudio.core.messages import Message, field_name
from imagestudio.core.request import ResponseFormat, Task

CONTROLS: tuple[str, ...] = get_args(ControlName)
RESPONSE_FORMATS: tuple[ResponseFormat, ...] = get_args(ResponseFormat)
OPTIONS = ("response_format", "dry_run", "webhook_url", "replaces")
FLAG_OPTIONS = ("dry_run",)


def controls_of(task: Task) -> tuple[str, ...]:
    """What some model of the task takes, in the order of `ControlName`."""
    taken = {control.name for spec in models_for(task) for control in spec.controls}
    return tuple(name for name in CONTROLS if name in taken)


FIELDS: dict[Task, tuple[str, ...]] = {
    "generate": ("prompt", "model", *controls_of("generate"), *OPTIONS),
    "edit": ("prompt", "image_url", "model", *controls_of("edit"), *OPTIONS),
}
MAX_URL = 30 * 1024 * 1024
"""Longest `image_url` in characters: a 20 MiB picture as a data URI, and some."""
MAX_EXCERPT = 60
"""Characters of a value in an error message."""


@dataclass(frozen=True, slots=True)
class ValidRequest:
    """A request that its model can serve, the source picture aside."""

    spec: ModelSpec
    prompt: str
    controls: dict[str, Any]
    image_url: str | None
    response_format: ResponseFormat
    dry_run: bool
    webhook_url: str | None
    replaces: str | None
    asked: dict[str, Any]
    """The request's own fields, as they came, the ones left out left out."""


def validate(task: Task, fields: Mapping[str, Any]) -> ValidRequest:
    """Check a request's fields; null and an empty text count as left out. Raises the `StudioError` that names
    the fault."""
    asked = given(fields)
    _known_fields(task, asked.keys())
    model = _text("model", asked["model"]) if "model" in asked else default_model(task).id
    spec = get_model(model, task)
    for name in CONTROLS:
        if name in asked and spec.control(name) is None:
            raise _untaken(spec, name)
    prompt = _prompt(spec, asked.get("prompt", ""))
    controls: dict[str, Any] = {
        control.name: _value(spec, control, asked[control.name])
        for control in spec.controls
        if control.name in asked
    }
    return ValidRequest(
        spec=spec,
        prompt=prompt,
        controls=complete_size(spec, controls),
        image_url=_image_url(asked.get("image_url")),
        response_format=_response_format(asked.get("response_format", "auto")),
        dry_run=_flag("dry_run", asked.get("dry_run", False)),
        webhook_url=_text("webhook_url", asked["webhook_url"]).strip() if "webhook_url" in asked else None,
        replaces=_text("replaces", asked["replaces"]).strip() if "replaces" in asked else None,
        asked=asked,
    )


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request that are not left out."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _known_fields(task: Task, names: Iterable[str]) -> None:
    allowed = FIELDS[task]
    for name in names:
        if name not in allowed:
            raise UnsupportedParameter(
                Message("request.unknown_field", task=task, field=excerpt(name), allowed=allowed),
                field=shown_name(name),
                allowed=list(allowed),
            )


def _untaken(spec: ModelSpec, name: str) -> UnsupportedParameter:
    names = [control.name for control in spec.controls]
    said = Message("untaken", name=spec.name, field=field_name(name))
    if name == "aspect_ratio" and "width" in names:
        instead = {side: field_name(side) for side in ("width", "height")}
        said = Message("untaken.set_sides", **said.params, **instead)
    elif name in ("width", "height") and "aspect_ratio" in names:
        said = Message("untaken.set_ratio", **said.params, shape=field_name("aspect_ratio"))
    elif not names:
        said = Message("untaken.no_settings", **said.params)
    return UnsupportedParameter(said, field=name, allowed=names, model=spec.id)


def _prompt(spec: ModelSpec, value: Any) -> str:
    prompt = _text("prompt", value).strip()
    if not prompt:
        raise MissingField(Message("prompt.missing"), field="prompt")
    if len(prompt) > spec.prompt_max:
        raise InvalidParameter(
            Message("prompt.too_long", name=spec.name, most=spec.prompt_max, length=len(prompt)),
            field="prompt",
            allowed={"maxLength": spec.prompt_max},
        )
    return prompt


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidParameter(
            Message("value.not_text", field=field_name(name), value=excerpt(value)),
            field=name,
            allowed="string",
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidParameter(Message("value.surrogate", field=field_name(name)), field=name) from None
    if "\x00" in value:
        raise InvalidParameter(Message("value.nul", field=field_name(name)), field=name)
    return value


def _value(spec: ModelSpec, control: Control, value: Any) -> Any:
    match control.kind:
        case "flag":
            return _flag(control.name, value)
        case "choice":
            return _choice(spec, control, value)
        case "integer":
            return _integer(spec, control, value)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidParameter(
            Message("value.not_flag", field=field_name(name), value=excerpt(value)),
            field=name,
            allowed=[True, False],
        )
    return value


def _choice(spec: ModelSpec, control: Control, value: Any) -> str:
    if not isinstance(value, str) or value not in control.choices:
        raise InvalidParameter(
            Message(
                "value.not_choice",
                name=spec.name,
                field=field_name(control.name),
                choices=control.choices,
                value=excerpt(value),
            ),
            field=control.name,
            allowed=list(control.choices),
        )
    return value


def _integer(spec: ModelSpec, control: Control, value: Any) -> int:
    allowed = {"minimum": control.minimum, "maximum": control.maximum, "multipleOf": control.step}
    whole = isinstance(value, float) and isfinite(value) and value == int(value)
    if isinstance(value, bool) or not (isinstance(value, int) or whole):
        raise InvalidParameter(
            Message("value.not_whole", field=field_name(control.name), value=excerpt(value)),
            field=control.name,
            allowed=allowed,
        )
    number = int(value)
    nearest = nearest_values(control, number)
    if number not in nearest:
        raise InvalidParameter(
            _out_of_range(spec, control, number, nearest),
            field=control.name,
            allowed=allowed | {"nearest": nearest},
        )
    return number


def _out_of_range(spec: ModelSpec, control: Control, number: int, nearest: list[int]) -> Message:
    if control.name == "seed":
        return Message(
            "value.not_a_seed",
            name=spec.name,
            field=field_name(control.name),
            minimum=control.minimum,
            maximum=control.maximum,
            value=excerpt(number),
        )
    text = Message(
        "value.not_a_step" if control.step > 1 else "value.out_of_range",
        name=spec.name,
        field=field_name(control.name),
        minimum=control.minimum,
        maximum=control.maximum,
        value=excerpt(number),
        nearest=nearest,
    )
    return text.filled(step=control.step) if control.step > 1 else text


def nearest_values(control: Control, number: int) -> list[int]:
    """The values of a control around a number: itself where it is one, else the one or two next to it."""
    if number <= control.minimum:
        return [control.minimum]
    if number >= control.maximum:
        return [control.maximum]
    below = number - (number - control.minimum) % control.step
    return [below] if below == number else [below, below + control.step]


def _image_url(value: Any) -> str | None:
    if value is None:
        return None
    url = _text("image_url", value).strip()
    if not url:
        raise MissingField(Message("image_url.empty", field=field_name("image_url")), field="image_url")
    if len(url) > MAX_URL:
        raise InvalidParameter(
            Message("image_url.too_long", field=field_name("image_url"), most=MAX_URL),
            field="image_url",
            allowed={"maxLength": MAX_URL},
        )
    return url


def _response_format(value: Any) -> ResponseFormat:
    for choice in RESPONSE_FORMATS:
        if value == choice:
            return choice
    raise InvalidParameter(
        Message("response_format.unknown", allowed=RESPONSE_FORMATS, value=excerpt(value)),
        field="response_format",
        allowed=list(RESPONSE_FORMATS),
    )


def excerpt(value: object) -> str:
    """A caller's value in an error message: short, and plain ASCII whatever it was. Only what is shown of it
    is written: a value of megabytes costs no more than a word."""
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > MAX_EXCERPT:
            return text[: MAX_EXCERPT - 3] + "..."
    return text


def shown_name(name: str) -> str:
    """A field's name in `details`: as the caller wrote it, where that is short and plain."""
    return name if name.isascii() and name.isprintable() and len(name) <= MAX_EXCERPT else excerpt(name)


def _pieces(value: object) -> Iterator[str]:
    """JSON, piece by piece; of a text no more than an excerpt may show."""
    if isinstance(value, str):
        yield json.dumps(value[:MAX_EXCERPT], ensure_ascii=True)
    elif isinstance(value, dict):
        for place, (name, item) in enumerate(value.items()):
            yield ", " if place else "{"
            yield from _pieces(str(name))
            yield ": "
            yield from _pieces(item)
        yield "}" if value else "{}"
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield ", " if place else "["
            yield from _pieces(item)
        yield "]" if value else "[]"
    else:
        yield json.dumps(value, ensure_ascii=True, default=repr)
