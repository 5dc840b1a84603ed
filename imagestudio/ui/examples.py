"""A few things to begin with: a small picture each, which fills the form."""

import json
from html import escape

from imagestudio.core.request import Task
from imagestudio.ui import assets
from imagestudio.ui.locale import Texts

GENERATED = {
    # picture in static/examples and text in texts.forms: what else it sets
    "fox": {"model": "flux-2-pro"},
    "lake": {"model": "imagen-4", "aspect_ratio": "16:9"},
    "poster": {"model": "ideogram-v3", "aspect_ratio": "3:4"},
    "winter": {"model": "seedream-5", "aspect_ratio": "16:9"},
}


def examples(task: Task, texts: Texts) -> str:
    """Buttons, as HTML; `static/navigate.js` fills the form. An edit begins with one's own picture."""
    if task == "edit":
        return ""
    buttons = "".join(_button(name, settings, texts) for name, settings in GENERATED.items())
    label = escape(texts.forms["examples"])
    return f'<div class="examples" role="group" aria-label="{label}"><p>{label}</p><div>{buttons}</div></div>'


# No <img>: the only ones among the results are results.
def _button(name: str, settings: dict[str, str], texts: Texts) -> str:
    prompt = texts.forms[f"example_{name}"]
    fields = escape(json.dumps({"prompt": prompt, **settings}))
    picture = f"{assets.folder()}/examples/{name}.webp"
    return (
        f'<button type="button" class="example" data-fills="{fields}">'
        f'<i style="background-image: url({picture})"></i>'
        f"<span>{escape(prompt)}</span></button>"
    )
