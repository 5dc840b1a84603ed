"""Gradio's own login with Hugging Face: its button being there is what makes Gradio serve it."""

import gradio as gr

from imagestudio.ui.callers import StudioOf
from imagestudio.ui.panel import PRIVATE
from imagestudio.ui.words.en import EN


def build(demo: gr.Blocks, studio_of: StudioOf) -> None:
    """Sign in, or out of the account that it names."""
    # In one language: the button's own script tells from its text which of the two it is.
    button = gr.LoginButton(EN.log_in, EN.log_out, size="sm", elem_id="studio-login")
    # Gradio's would be a public endpoint, and a tool for agents.
    button.load_event_to_attach = None

    async def label(request: gr.Request) -> str:
        visitor = studio_of(request).visitor
        return EN.log_out.format(visitor.name) if visitor.kind == "huggingface" else EN.log_in

    demo.load(label, None, button, **PRIVATE)
