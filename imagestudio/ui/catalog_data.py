"""What the browser needs to know of the models, so that switching one asks no server."""

from dataclasses import asdict
from html import escape
from typing import Any

from imagestudio.catalog import models_for
from imagestudio.catalog.price import BySize, Price
from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.core.request import Task
from imagestudio.core.settings import Settings
from imagestudio.providers import PROVIDERS
from imagestudio.ui import price_html as money
from imagestudio.ui.locale import Texts


def choices(task: Task, settings: Settings) -> list[tuple[str, str]]:
    """The list of models: name, price, provider. The browser adds what its visitor is missing."""
    return [(label(spec, settings), spec.id) for spec in models_for(task)]


def label(spec: ModelSpec, settings: Settings) -> str:
    """A model in the list: name, price, provider."""
    route = spec.route({}, settings.imagen_route)
    provider = PROVIDERS[spec.provider]
    return " · ".join([spec.name, money.at_a_glance(spec, route), provider.title])


def model_data(spec: ModelSpec, settings: Settings, names: tuple[str, ...], texts: Texts) -> dict[str, Any]:
    """One model: what is said of each control, its note, its price rules."""
    route = spec.route({}, settings.imagen_route)
    return {
        "controls": {name: control_data(spec, name, texts) for name in names},
        "label": label(spec, settings),
        "missing": texts.forms["missing"].format(provider=PROVIDERS[spec.provider].title),
        "task": spec.task,
        "note": note(spec, texts),
        "listed": spec.listed_price,
        "rules": {"": _rule(route.price, texts)}
        | {
            control.name: _rule(spec.routes[control.selects_route].price, texts)
            for control in spec.controls
            if control.selects_route
        },
        "size": spec.default_size,
        "ratios": dict(spec.ratio_sizes),
    }


def _rule(price: Price, texts: Texts) -> dict[str, Any]:
    """A price rule as data; static/price.js computes with it as `catalog.price` does."""
    rule: Any = price
    values: dict[str, Any] = asdict(rule)
    del values["evidence"]
    return values | {"rule": type(price).__name__, "words": _described(price, texts)}


def _described(price: Price, texts: Texts) -> str:
    """A rule for people, as `price.describe` has it."""
    if isinstance(price, BySize):
        each = (
            (size, texts.price_unknown if usd is None else f"${usd:g}") for size, usd in price.usd.items()
        )
        return ", ".join(f"{size} {usd}" for size, usd in each)
    rule: Any = price
    return texts.prices[type(price).__name__].format(**asdict(rule))


def control_data(spec: ModelSpec, name: str, texts: Texts) -> dict[str, Any]:
    """Whether a model takes a control, the words under it, and what an empty field means."""
    control = spec.control(name)
    if control is None:
        return {"taken": False, "info": texts.not_taken.format(model=spec.name), "placeholder": ""}
    return {"taken": True, "info": _info(spec, control, texts), "placeholder": _left_out(spec, name, texts)}


def _info(spec: ModelSpec, control: Control, texts: Texts) -> str:
    if control.name == "seed":
        return texts.seed_range
    if control.kind == "integer":
        text = texts.range_step if control.step > 1 else texts.range
        return text.format(minimum=control.minimum, maximum=control.maximum, step=control.step)
    if control.kind == "flag":
        return texts.vector
    if control.name == "aspect_ratio":
        return texts.shape if spec.control("width") else texts.shape_only
    return texts.either.join(control.choices)


def _left_out(spec: ModelSpec, name: str, texts: Texts) -> str:
    if name in ("width", "height") and spec.default_size:
        return str(spec.default_size[("width", "height").index(name)])
    return texts.left_out.get(name, texts.empty_number)


def note(spec: ModelSpec, texts: Texts) -> str:
    """What a model is good at and where it stands, as HTML."""
    parts = [escape(f"{texts.notes[spec.id]}.")]
    if spec.life.status != "live":
        parts.append(f'<span class="mark">{escape(texts.lives[spec.id])}</span>')
    return f"<p>{' '.join(parts)}</p>"
