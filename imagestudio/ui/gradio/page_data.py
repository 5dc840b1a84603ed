"""What the page's scripts read in the page itself: the models and the texts, in one language."""

import json
from typing import Any

from imagestudio.catalog import models_for
from imagestudio.core.request import Task
from imagestudio.core.settings import Settings
from imagestudio.core.units import MAX_UPLOAD
from imagestudio.ui.catalog_data import model_data
from imagestudio.ui.controls import control_names
from imagestudio.ui.locale import LANGUAGES, Words

TASKS: tuple[Task, ...] = ("generate", "edit")


def page_data(settings: Settings) -> dict[str, bytes]:
    """By language, two elements with JSON. Components of Gradio's would be drawn, too, in every language."""
    return {
        name: _element("studio-catalog", name, _catalog(settings, words))
        + _element("studio-words", name, words.flat())
        for name, words in LANGUAGES.items()
    }


def _element(name: str, language: str, data: object) -> bytes:
    # Nothing in it can end the element.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}" lang="{language}">{text}</script>'.encode()


def _catalog(settings: Settings, words: Words) -> dict[str, Any]:
    models = {
        spec.id: model_data(spec, settings, control_names(task), words)
        for task in TASKS
        for spec in models_for(task)
    }
    said: dict[str, Any] = {"run": words.run, "listed": words.listed}
    said |= {"unknown": words.price_unknown, "bySize": words.by_size}
    said |= {"demo": words.demo_free, "free": words.run_free, "addKey": words.forms["add_key"]}
    said["missing"] = words.forms["missing_label"]
    return {"models": models, "words": said, "maxUpload": MAX_UPLOAD}
