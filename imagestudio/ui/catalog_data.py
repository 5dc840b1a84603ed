"""What the browser needs to know of the models, so that switching one asks no server."""

from dataclasses import asdict
from html import escape
from typing import Any

from imagestudio.catalog import models_for
from imagestudio.catalog.price import Price
from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.generation import Task
from imagestudio.providers import PROVIDERS
from imagestudio.settings import Settings
from imagestudio.ui import money, texts


def can_run(spec: ModelSpec, settings: Settings) -> bool:
    """Whether a key for the model is set, or the demo needs none."""
    return settings.demo or settings.key(PROVIDERS[spec.provider].key_variables) is not None


def choices(task: Task, settings: Settings) -> list[tuple[str, str]]:
    """The list of models: name, price, provider, and what is missing."""
    return [(_label(spec, settings), spec.id) for spec in models_for(task)]


def _label(spec: ModelSpec, settings: Settings) -> str:
    route = spec.route({}, settings.imagen_route)
    provider = PROVIDERS[spec.provider]
    parts = [spec.name, money.at_a_glance(spec, route), provider.title]
    if not can_run(spec, settings):
        parts.append(texts.CANNOT_RUN_LABEL.format(variable=provider.key_variables[0]))
    return " · ".join(parts)


def model_data(spec: ModelSpec, settings: Settings, names: tuple[str, ...]) -> dict[str, Any]:
    """One model: what is said of each control, its note, its price rules."""
    route = spec.route({}, settings.imagen_route)
    return {
        "controls": {name: control_data(spec, name) for name in names},
        "note": note(spec, settings),
        "listed": spec.listed_price,
        "rules": {"": _rule(route.price)}
        | {
            control.name: _rule(spec.routes[control.selects_route].price)
            for control in spec.controls
            if control.selects_route
        },
        "size": spec.default_size,
        "ratios": dict(spec.ratio_sizes),
        "can_run": can_run(spec, settings),
    }


def _rule(price: Price) -> dict[str, Any]:
    """A price rule as data; page.js computes with it as `catalog.price` does."""
    rule: Any = price
    values: dict[str, Any] = asdict(rule)
    del values["evidence"]
    return values | {"rule": type(price).__name__, "words": price.describe()}


def control_data(spec: ModelSpec, name: str) -> dict[str, Any]:
    """Whether a model takes a control, the words under it, and what an empty field means."""
    control = spec.control(name)
    if control is None:
        return {"taken": False, "info": texts.NOT_TAKEN.format(model=spec.name), "placeholder": ""}
    return {"taken": True, "info": _info(spec, control), "placeholder": _left_out(spec, name)}


def _info(spec: ModelSpec, control: Control) -> str:
    if control.name == "seed":
        return texts.SEED_RANGE
    if control.kind == "integer":
        text = texts.RANGE_STEP if control.step > 1 else texts.RANGE
        return text.format(minimum=control.minimum, maximum=control.maximum, step=control.step)
    if control.kind == "flag":
        return texts.VECTOR
    if control.name == "aspect_ratio":
        return texts.SHAPE if spec.control("width") else texts.SHAPE_ONLY
    return " or ".join(control.choices)


def _left_out(spec: ModelSpec, name: str) -> str:
    if name in ("width", "height") and spec.default_size:
        return str(spec.default_size[("width", "height").index(name)])
    return texts.LEFT_OUT.get(name, texts.EMPTY_NUMBER)


def note(spec: ModelSpec, settings: Settings) -> str:
    """What a model is good at, where it stands, and what to set if it can't run; as HTML."""
    parts = [escape(f"{spec.note}.")]
    if spec.life.status != "live":
        parts.append(f'<span class="mark">{escape(spec.life.note)}</span>')
    if not can_run(spec, settings):
        message = texts.CANNOT_RUN.format(variable=PROVIDERS[spec.provider].key_variables[0])
        parts.append(f'<span class="mark">{escape(message)}</span>')
    return f"<p>{' '.join(parts)}</p>"
