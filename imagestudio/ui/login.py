"""The login with Hugging Face: Gradio's routes, and a button of the page's own."""

from typing import Any

import gradio as gr

from imagestudio.ui.callers import StudioOf
from imagestudio.ui.panel import PRIVATE
from imagestudio.ui.words import words_for
from imagestudio.ui.words.say import Say

LOG_IN, LOG_OUT = "/login/huggingface?_target_url=/", "/logout?_target_url=/"


def build(demo: gr.Blocks, studio_of: StudioOf, say: Say) -> None:
    """Sign in, or out of the account that it names, in the page's language."""
    # Gradio serves the login where this is in the page. It tells from its own English text which of the two
    # it is, so it is not shown. Its load event would be a public endpoint, and a tool for agents.
    gr.LoginButton(visible=False).load_event_to_attach = None
    button = gr.Button(
        say(lambda words: words.log_in), variant="huggingface", size="sm", link=LOG_IN, elem_id="studio-login"
    )

    async def label(request: gr.Request) -> Any:
        words = words_for(request.headers.get("accept-language", ""))
        visitor = studio_of(request).visitor
        if visitor.kind == "huggingface":
            return gr.update(value=words.log_out.format(visitor.name), link=LOG_OUT)
        return gr.update(value=words.log_in, link=LOG_IN)

    demo.load(label, None, button, **PRIVATE)
