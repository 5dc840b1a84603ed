"""The Edit tab."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import gradio as gr

from imagestudio.catalog import default_model, get_model
from imagestudio.core.errors import InvalidParameter
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings
from imagestudio.studio.service import Upload
from imagestudio.ui import form
from imagestudio.ui import run_panel as panel
from imagestudio.ui.controls import asked
from imagestudio.ui.locale.i18n import Translator
from imagestudio.ui.run_view import Runs, RunView

SAME = "(image) => image"


def build(demo: gr.Blocks, runs_of: panel.RunsOf, settings: Settings, t: Translator) -> panel.Foot:
    """Form on the left, picture on the right. Returns the form's foot."""
    with gr.Row(elem_classes=["workroom"]):
        with gr.Column(elem_classes=["form"], scale=0):
            with gr.Column(elem_classes=["fields"], elem_id="edit-fields"):
                source = build_source(t)
                prompt = form.build_prompt("edit", t)
                choice = form.build_model("edit", settings, t)
                controls = form.build_settings("edit", default_model("edit"), t)
            foot = panel.build_foot("edit", t)
        stage = panel.build_stage("edit", t)
    results_panel = panel.Panel("edit", foot, stage, runs_of)
    source.check_at_once(runs_of)
    form.listen("edit", demo, prompt, choice, controls, foot.run, source.image, source.image_url)
    given = {"prompt": prompt, "image": source.file, "image_url": source.image_url}
    names = {**given, "model": choice.model, **controls}
    results_panel.listen(demo, edit, names)
    return foot


@dataclass(frozen=True, slots=True)
class Source:
    """Where the picture to edit comes from.

    The handler reads a hidden `file` that the browser keeps equal to the visible `image`: a picture field
    decodes the file before any handler runs, and fails without words on one that is no picture.
    """

    image: gr.Image
    file: gr.File
    problem: gr.HTML
    """What is wrong with the file, said before anything is run."""
    image_url: gr.Textbox

    def check_at_once(self, runs_of: panel.RunsOf) -> None:
        """Look at a file when it is given."""

        async def look(data: Any, request: gr.Request) -> Any:
            problem = await runs_of(request).unreadable(data) if data else ""
            return gr.update(value=problem, visible=bool(problem))

        given = self.image.change(fn=None, inputs=self.image, outputs=self.file, js=SAME, **panel.PRIVATE)
        # Of two given in a row the later one is the one to speak of.
        given.then(
            look, self.file, self.problem, trigger_mode="always_last", concurrency_limit=None, **panel.PRIVATE
        )


def build_source(t: Translator) -> Source:
    """The fields for a picture: a file, or an address."""
    # In the place of both for a picture of the studio's own: static/edit-extras.js.
    gr.HTML('<div id="edit-source"></div>', padding=False)
    image = gr.Image(
        label=t(lambda texts: texts.image),
        # Translated like the others, though Gradio declares a string.
        placeholder=cast("str", t(lambda texts: texts.image_hint)),
        type="filepath",
        image_mode=None,
        sources=["upload", "clipboard"],
        height=220,
        elem_id="edit-image",
        buttons=[],
    )
    # As bytes: for a path Gradio would leave an empty file behind at each run.
    file = gr.File(visible=False, type="binary")
    problem = gr.HTML("", visible=False, elem_id="edit-image-said", elem_classes=["status"], padding=False)
    image_url = gr.Textbox(
        label=t(lambda texts: texts.image_url),
        placeholder=t(lambda texts: texts.image_url_hint),
        lines=1,
        max_lines=1,
        elem_id="edit-image_url",
    )
    return Source(image, file, problem, image_url)


async def edit(runs: Runs, values: Mapping[str, Any]) -> RunView:
    """Run a form's values, by name. `image` are the bytes of an uploaded file."""
    spec = get_model(values["model"], "edit")
    fields = {"prompt": values["prompt"], "model": spec.id, **asked(spec, values)}
    if image_url := (values["image_url"] or "").strip():
        fields["image_url"] = image_url
    if values["image"] and image_url:
        return runs.refused(InvalidParameter(Message("form.two_pictures"), field="image_url"))
    upload = Upload(values["image"]) if values["image"] else None
    return await runs.start("edit", fields, upload)
