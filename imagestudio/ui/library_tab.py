"""The Library tab: a place for the page's own modules, and the filters that they offer."""

import json
from html import escape

import gradio as gr

from imagestudio.catalog import MODELS
from imagestudio.providers import PROVIDERS


def build() -> None:
    """The mount. `static/library.js` fills it."""
    models = [{"id": spec.id, "name": spec.name} for spec in MODELS.values()]
    providers = [{"id": name, "name": provider.title} for name, provider in PROVIDERS.items()]
    data = escape(json.dumps({"models": models, "providers": providers}))
    gr.HTML(f'<div id="library" class="library" data-choices="{data}"></div>', padding=False)
