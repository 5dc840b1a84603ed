"""The login with Hugging Face: Gradio serves it, `static/bar.js` offers it in the page's language."""

import gradio as gr


def build() -> None:
    """Make Gradio serve the login, which it does where its button is in the page."""
    # Not shown: it tells from its own English text whether it signs in or out. Its load event would be a
    # public endpoint, and a tool for agents.
    gr.LoginButton(visible=False).load_event_to_attach = None
