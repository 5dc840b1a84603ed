"""What the page's scripts read in the page itself: the models and the texts, in one language."""

import json
from typing import Any

from imagestudio.catalog import models_for
from imagestudio.core.request import Task
from imagestudio.core.settings import Settings
from imagestudio.core.units import MAX_UPLOAD
from imagestudio.ui.catalog_data import model_data
from imagestudio.ui.controls import control_names
from imagestudio.ui.locale import LANGUAGES, Texts

TASKS: tuple[Task, ...] = ("generate", "edit")


def page_data(settings: Settings) -> dict[str, bytes]:
    """By language, two elements with JSON. Components of Gradio's would be drawn, too, in every language."""
    return {
        name: _element("studio-catalog", name, _catalog(settings, texts))
        + _element("studio-words", name, texts.flat())
        for name, texts in LANGUAGES.items()
    }


def _element(name: str, language: str, data: object) -> bytes:
    # Nothing in it can end the element.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}" lang="{language}">{text}</script>'.encode()


def _catalog(settings: Settings, texts: Texts) -> dict[str, Any]:
    models = {
        spec.id: model_data(spec, settings, control_names(task), texts)
        for task in TASKS
        for spec in models_for(task)
    }
    shared: dict[str, Any] = {"run": texts.run, "listed": texts.listed}
    shared |= {"unknown": texts.price_unknown, "bySize": texts.by_size}
    shared |= {"demo": texts.demo_free, "free": texts.run_free, "addKey": texts.forms["add_key"]}
    shared["missing"] = texts.forms["missing_label"]
    return {"models": models, "words": shared, "maxUpload": MAX_UPLOAD}
