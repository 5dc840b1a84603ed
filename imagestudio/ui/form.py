"""Model and settings of a form, and what the browser does when one changes."""

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from imagestudio.catalog import default_model
from imagestudio.catalog.spec import ModelSpec
from imagestudio.generation import Task
from imagestudio.settings import Settings
from imagestudio.ui import catalog_data
from imagestudio.ui.controls import Component, build_control, control_names
from imagestudio.ui.words.say import Say

PAIRS = (("width", "height"), ("aspect_ratio",), ("num_images", "seed"), ("image_size", "vector"))
"""Controls that stand beside each other."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The list of models, and the lines under it."""

    model: gr.Dropdown
    note: gr.HTML


def build_prompt(task: Task, say: Say) -> gr.Textbox:
    """The field for the prompt."""
    return gr.Textbox(
        label=say(lambda words: words.prompt),
        placeholder=say(lambda words: words.prompt_hint[task]),
        lines=3,
        max_lines=10,
        elem_id=f"{task}-prompt",
        elem_classes=["prompt"],
    )


def build_model(task: Task, settings: Settings, say: Say) -> ModelChoice:
    """The list of models with its note; the default one is chosen."""
    spec = default_model(task)
    model = gr.Dropdown(
        catalog_data.choices(task, settings, say),
        value=spec.id,
        label=say(lambda words: words.model),
        elem_id=f"{task}-model",
        filterable=False,
    )
    note = say(lambda words: catalog_data.note(spec, settings, words))
    return ModelChoice(model, gr.HTML(note, elem_id=f"{task}-note", elem_classes=["note"]))


def build_settings(task: Task, spec: ModelSpec, say: Say) -> dict[str, Component]:
    """Every control of the task, side by side where they belong together."""
    names = control_names(task)
    built: dict[str, Component] = {}
    for pair in PAIRS:
        here = [name for name in pair if name in names]
        if here:
            with gr.Row(elem_classes=["pair"]):
                built |= {name: build_control(task, name, spec, say) for name in here}
    return built


def listen(
    task: Task,
    demo: gr.Blocks,
    choice: ModelChoice,
    controls: dict[str, Component],
    run: gr.Button,
    image: gr.Image | None = None,
) -> None:
    """Gate the controls and tell the price in the browser: switching the model asks no server.

    The price of an edit may depend on the size of its `image`.
    """
    images = [image] if image else []
    inputs: Sequence[gr.components.Component] = [choice.model, *controls.values(), *images]
    priced: Sequence[gr.components.Component] = [choice.note, run]
    gated: Sequence[gr.components.Component] = [*controls.values(), *priced]
    call = f"(...values) => window.studio.{{}}({task!r}, {list(controls)!r}, values)"
    gr.on(
        [choice.model.change, demo.load],
        None,
        inputs,
        gated,
        js=call.format("gate"),
        api_visibility="private",
    )
    changes = [component.change for component in (*controls.values(), *images)]
    gr.on(changes, None, inputs, priced, js=call.format("price"), api_visibility="private")
