"""Texts that are in the page before anybody asks for it: the browser shows them in its own language."""

from collections.abc import Callable

import gradio as gr
from gradio.i18n import I18nData

from imagestudio.ui.locale import LANGUAGES, Texts


class Translator:
    """Collects such texts while the page is built. Call it for a text that any component takes as a label,
    value, placeholder or the name of a choice; `i18n` is what Gradio needs to show them."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}

    def __call__(self, text: Callable[[Texts], str]) -> I18nData:
        """One text, made of each language's words."""
        key = f"studio.{len(self._texts['en'])}"
        for language, texts in LANGUAGES.items():
            self._texts[language][key] = text(texts)
        return I18nData(key)

    def i18n(self) -> gr.I18n:
        """All of them, as Gradio's mount takes them."""
        return gr.I18n(**self._texts)
