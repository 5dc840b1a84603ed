"""The Compare tab: a place for the page's own modules."""

import gradio as gr


def build() -> None:
    """The mount. `static/compare.js` fills it."""
    gr.HTML('<div id="compare" class="compare"></div>', padding=False)
