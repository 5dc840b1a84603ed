"""The Generate tab."""

from collections.abc import Mapping
from typing import Any

import gradio as gr

from imagestudio.catalog import default_model, get_model
from imagestudio.core.settings import Settings
from imagestudio.ui import form
from imagestudio.ui import run_panel as panel
from imagestudio.ui.controls import asked
from imagestudio.ui.locale.i18n import Translator
from imagestudio.ui.run_view import Runs, RunView


def build(demo: gr.Blocks, runs_of: panel.RunsOf, settings: Settings, t: Translator) -> panel.Foot:
    """Form on the left, picture on the right. Returns the form's foot."""
    with gr.Row(elem_classes=["workroom"]):
        with gr.Column(elem_classes=["form"], scale=0):
            with gr.Column(elem_classes=["fields"], elem_id="generate-fields"):
                prompt = form.build_prompt("generate", t)
                choice = form.build_model("generate", settings, t)
                controls = form.build_settings("generate", default_model("generate"), t)
            foot = panel.build_foot("generate", t)
        stage = panel.build_stage("generate", t)
    results_panel = panel.Panel("generate", foot, stage, runs_of)
    form.listen("generate", demo, prompt, choice, controls, foot.run)
    names: dict[str, Any] = {"prompt": prompt, "model": choice.model, **controls}
    results_panel.listen(demo, generate, names)
    return foot


async def generate(runs: Runs, values: Mapping[str, Any]) -> RunView:
    """Run a form's values, by name."""
    spec = get_model(values["model"], "generate")
    fields = {"prompt": values["prompt"], "model": spec.id, **asked(spec, values)}
    return await runs.start("generate", fields)
