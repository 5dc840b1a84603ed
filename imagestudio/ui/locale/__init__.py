"""The page's texts, a file a language and area. A third language is its files, one entry here, and its
sentences in core/messages."""

from imagestudio.core.messages import language_for
from imagestudio.ui.locale.de import DE
from imagestudio.ui.locale.en import EN
from imagestudio.ui.locale.texts import Texts

LANGUAGES: dict[str, Texts] = {"en": EN, "de": DE}


def texts_for(accept_language: str) -> Texts:
    """The texts in the language that a browser's `Accept-Language` ranks first."""
    return LANGUAGES[language_for(accept_language)]


__all__ = ["DE", "EN", "LANGUAGES", "Texts", "texts_for"]
