"""Every language says everything, and fills in the same."""

import string

from imagestudio.ui.locale import DE, EN, LANGUAGES, Texts, texts_for
from tests.tables import rows


def filled_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def said(words: Texts) -> dict[str, str]:
    """All but what the studio says itself in English."""
    return {name: text for name, text in words.flat().items() if not name.startswith("service.")}


@rows("words", LANGUAGES.values())
def test_every_text_is_there_and_fills_in_the_same(words: Texts) -> None:
    here, english = said(words), said(EN)
    assert here.keys() == english.keys()
    assert {name: filled_in(text) for name, text in here.items()} == {
        name: filled_in(text) for name, text in english.items()
    }
    assert [name for name, text in here.items() if not text.strip()] == []


def test_languages_are_known_by_their_own_names() -> None:
    assert {name: words.language for name, words in LANGUAGES.items()} == {name: name for name in LANGUAGES}


@rows(
    ("accepted", "words"),
    [
        ("", EN),
        ("de", DE),
        ("de-AT,de;q=0.9,en;q=0.8", DE),
        ("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.4", DE),
        ("en;q=0.2, de;q=0.1", EN),
        ("DE-ch", DE),
        ("de;q=0", EN),
        ("ja", EN),
        ("*", EN),
        ("de;q=much", EN),
    ],
)
def test_the_browsers_first_choice_is_taken(accepted: str, words: Texts) -> None:
    assert texts_for(accepted) is words
