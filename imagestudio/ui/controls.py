"""The settings of a form, built from the catalog. Every one stays in its place whatever the model."""

from collections.abc import Mapping
from typing import Any

import gradio as gr

from imagestudio.catalog import models_for
from imagestudio.catalog.spec import Control, ModelSpec
from imagestudio.core.request import Task
from imagestudio.ui.catalog_data import control_data
from imagestudio.ui.locale import EN
from imagestudio.ui.locale.i18n import Translator

Component = gr.Number | gr.Radio | gr.Checkbox
LEFT_OUT = ""
"""The choice that asks for nothing."""


def control_names(task: Task) -> tuple[str, ...]:
    """The controls that some model of the task takes, in the form's order."""
    taken = {control.name for spec in models_for(task) for control in spec.controls}
    return tuple(name for name in EN.labels if name in taken)


def build_control(task: Task, name: str, spec: ModelSpec, t: Translator) -> Component:
    """A control as it starts, with `spec` chosen. Bounds are checked by the studio, which explains them:
    a bound of Gradio's would only say "greater than maximum"."""
    known = [control for other in models_for(task) if (control := other.control(name))]
    common: dict[str, Any] = {
        "label": t(lambda texts: texts.labels[name]),
        "info": t(lambda texts: control_data(spec, name, texts)["info"]),
        "interactive": spec.control(name) is not None,
        "elem_id": f"{task}-{name}",
        "elem_classes": ["control"],
        "min_width": 0,
    }
    match known[0].kind:
        case "integer":
            # An empty text: Gradio's browser side turns a missing value into 0, which is a seed.
            return gr.Number(
                **common
                | {
                    "value": "",
                    "placeholder": t(lambda texts: control_data(spec, name, texts)["placeholder"]),
                }
            )
        case "choice":
            return gr.Radio(_choices(known, t), value=LEFT_OUT, **common)
        case "flag":
            return gr.Checkbox(value=False, **common)


def _choices(known: list[Control], t: Translator) -> list[tuple[Any, str]]:
    union = dict.fromkeys(choice for control in known for choice in control.choices)
    return [(t(lambda texts: texts.auto), LEFT_OUT), *((_name(choice, t), choice) for choice in union)]


def _name(choice: str, t: Translator) -> Any:
    return t(lambda texts: f"{texts.shapes[choice]}\n{choice}") if choice in EN.shapes else choice


def asked(spec: ModelSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form's settings ask of a model. A disabled control still sends a value, which asks nothing."""
    return {control.name: values[control.name] for control in spec.controls if _says(values[control.name])}


def _says(value: object) -> bool:
    # Not `in`: a seed of 0 equals False.
    return value is not None and value is not False and value != LEFT_OUT
