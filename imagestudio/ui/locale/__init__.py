"""The page's texts, a file a language. A third language is one file more, and one entry here."""

from imagestudio.ui.locale.de import DE
from imagestudio.ui.locale.en import EN
from imagestudio.ui.locale.texts import Words

LANGUAGES: dict[str, Words] = {"en": EN, "de": DE}


def words_for(accept_language: str) -> Words:
    """The language that a browser's `Accept-Language` (RFC 9110, 12.5.4) ranks first of those that there are;
    English where it names none."""
    ranked = sorted(filter(None, map(_choice, accept_language.split(","))), key=lambda choice: -choice[0])
    return next((LANGUAGES[name] for quality, name in ranked if quality > 0 and name in LANGUAGES), EN)


def _choice(text: str) -> tuple[float, str] | None:
    name, _, parameters = text.strip().lower().partition(";")
    quality = parameters.strip().removeprefix("q=") if parameters else "1"
    try:
        return float(quality), name.strip().partition("-")[0]
    except ValueError:
        return None


__all__ = ["DE", "EN", "LANGUAGES", "Words", "words_for"]
