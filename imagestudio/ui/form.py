"""Model and settings of a form, and what the browser does when one changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import gradio as gr

from imagestudio.catalog import default_model
from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.request import Task
from imagestudio.core.settings import Settings
from imagestudio.ui import catalog_data
from imagestudio.ui.controls import Component, build_control, control_names
from imagestudio.ui.locale import Texts
from imagestudio.ui.locale.i18n import Translator

Components = Sequence[gr.components.Component]
PAIRS = (("aspect_ratio",), ("width", "height"), ("num_images", "seed"), ("image_size", "vector"))
"""Controls that stand beside each other."""


TOOLS = {"width": ("swap",), "seed": ("dice", "keep")}
"""What stands after a control, each to do something with it."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The list of models, and the lines under it."""

    model: gr.Dropdown
    note: gr.HTML


def build_prompt(task: Task, t: Translator) -> gr.Textbox:
    """The field for the prompt."""
    return gr.Textbox(
        label=t(lambda texts: texts.prompt),
        placeholder=t(lambda texts: texts.prompt_hint[task]),
        lines=3,
        max_lines=10,
        elem_id=f"{task}-prompt",
        elem_classes=["prompt"],
    )


def build_model(task: Task, settings: Settings, t: Translator) -> ModelChoice:
    """The list of models with its note; the default one is chosen."""
    spec = default_model(task)
    model = gr.Dropdown(
        catalog_data.choices(task, settings),
        value=spec.id,
        label=t(lambda texts: texts.model),
        elem_id=f"{task}-model",
        elem_classes=["notranslate"],  # names and prices; and a translator breaks what is drawn anew
        filterable=False,
    )
    note = t(lambda texts: catalog_data.note(spec, texts))
    return ModelChoice(model, gr.HTML(note, elem_id=f"{task}-note", elem_classes=["note"]))


def build_settings(task: Task, spec: ModelSpec, t: Translator) -> dict[str, Component]:
    """Every control of the task, side by side where they belong together."""
    names = control_names(task)
    built: dict[str, Component] = {}
    for pair in PAIRS:
        here = [name for name in pair if name in names]
        if here:
            with gr.Row(elem_classes=["pair"]):
                for name in here:
                    built[name] = build_control(task, name, spec, t)
                    if name in TOOLS:
                        tools = t(partial(_tools, name))
                        gr.HTML(tools, elem_classes=["tools", f"tools-{name}"], padding=False)
    return built


def _tools(name: str, texts: Texts) -> str:
    """Buttons beside a control, as HTML; `static/tools.js` listens to them."""
    return "".join(
        f'<button type="button" class="tool {tool}" data-tool="{tool}" '
        f'aria-label="{label}" title="{label}"></button>'
        for tool in TOOLS[name]
        if (label := escape(texts.forms[tool]))
    )


def listen(
    task: Task,
    demo: gr.Blocks,
    prompt: gr.Textbox,
    choice: ModelChoice,
    controls: dict[str, Component],
    run: gr.Button,
    image: gr.Image | None = None,
    image_url: gr.Textbox | None = None,
) -> None:
    """Gate the controls, tell the price and fill the form, all in the browser.

    The price of an edit may depend on the size of its `image`, or of the one at `image_url`.
    """
    given = [one for one in (image, image_url) if one]
    inputs: Components = [choice.model, *controls.values(), *given]
    priced: Components = [choice.note, run]
    gated: Components = [*controls.values(), *priced]
    call = f"(...values) => window.studio.{{}}({task!r}, {list(controls)!r}, values)"
    gr.on([choice.model.change], None, inputs, gated, js=call.format("gate"), api_visibility="private")
    changes = [component.change for component in (*controls.values(), *given)]
    gr.on(changes, None, inputs, priced, js=call.format("price"), api_visibility="private")
    # As it was before a reload, or as the library, an example or a recipe asks.
    fill = gr.Button("", visible="hidden", elem_id=f"{task}-fill")
    typed: Components = [one for one in (prompt, image_url) if one]
    images: Components = [one for one in (image,) if one]
    form: Components = [*typed, choice.model, *controls.values()]
    gr.on(
        [demo.load, fill.click],
        None,
        [*form, *images],
        [*form, *priced, *images],
        js=call.format("fill"),
        api_visibility="private",
    )
