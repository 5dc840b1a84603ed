"""The studio's sentences: two languages, one for one, and nothing said in another way."""

import ast
from typing import Any

import pytest

from imagestudio.catalog.validation import validate
from imagestudio.core.errors import Explained, Failure, StudioError
from imagestudio.core.messages import (
    DE,
    EN,
    LANGUAGES,
    Message,
    from_json,
    language_for,
    plain,
    render,
    to_json,
)
from imagestudio.ui.locale import LANGUAGES as TEXTS
from tests.messages import calls, example, files, kinds, placeholders
from tests.source import source

PARTS = ("field.", "period.", "gone.", "wish.", "money.", "charged.")
"""Beginnings of ids that are put together in code."""


def test_both_languages_have_the_same_messages_in_the_same_order() -> None:
    assert list(DE) == list(EN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_filled_in(language: str) -> None:
    for id in EN:
        assert placeholders(LANGUAGES[language].sentences[id]) == placeholders(EN[id]), id
        assert render(example(id), language) != id or not EN[id], id


def test_every_message_is_used() -> None:
    constants = {text for path in files() for text in source(path).constants}
    refused = {
        f"provider.refused_{stage}{because}" for stage in ("prompt", "image") for because in ("", "_because")
    }
    unused = {id for id in EN if id not in constants and not id.startswith(PARTS)} - refused - {"plain"}
    assert unused == set()


def test_every_message_that_is_named_exists() -> None:
    named = {
        (path.name, node.args[0].value)
        for path, name, node in calls()
        if name == "Message" and node.args and isinstance(node.args[0], ast.Constant)
    }
    assert {one for one in named if one[1] not in EN} == set()


def test_nothing_is_refused_in_a_bare_sentence() -> None:
    first = {kind.__name__ for kind in (*kinds(), Explained, *Explained.__subclasses__())}
    second = {"FetchError", "Cancellation", "log_fault"}
    bare = [
        f"{path.name}:{node.lineno}"
        for path, name, node in calls()
        for argument in (node.args[:1] if name in first else node.args[1:2] if name in second else ())
        if isinstance(argument, ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert bare == []


def test_a_message_stands_in_another_and_numbers_are_the_language_s() -> None:
    said = Message("source.too_many_bytes", size=1_234_567, name="Flux", most=1000)
    assert str(said) == "The picture has 1,234,567 bytes; Flux takes up to 1,000."
    assert render(said, "de") == "Das Bild hat 1.234.567 Bytes; Flux nimmt bis zu 1.000."
    whole = Message("budget.foreseen", reason=said)
    assert str(whole) == f"It would be refused: {said}"
    assert render(whole, "de") == f"Es würde abgelehnt: {render(said, 'de')}"
    said = Message("query.one_of", field="task", allowed=["a", "b"], value="c")
    assert render(said, "de") == "task ist a oder b, nicht c."
    price = example("budget.studio").filled(wanted_usd=0.0336)
    assert "$0.0336" in str(price)
    assert "$0.0336" in render(price, "de")


@pytest.mark.parametrize(
    "message",
    [
        Message("demo"),
        Message("fit.done", steps=[Message("fit.turned"), Message("fit.first_frame")]),
        Message("provider.busy", why=Message("provider.is_busy", title="fal.ai"), money=Message("money.no")),
        plain("{not} a {template}"),
    ],
)
def test_a_message_comes_back_as_it_was_stored(message: Message) -> None:
    assert from_json(to_json(message)) == message


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        ("A sentence of old, 100 % {sure}.", "A sentence of old, 100 % {sure}."),
        ({"id": "of.tomorrow", "params": {}}, "of.tomorrow"),
        ({"id": "file.not_shown", "params": {}}, "file.not_shown"),
        ({"id": 7}, "…"),
        (None, "…"),
    ],
)
def test_what_is_stored_otherwise_is_read_all_the_same(stored: Any, sentence: str) -> None:
    for language in LANGUAGES:
        assert render(from_json(stored), language) == sentence


def test_messages_from_outside_end_somewhere() -> None:
    deep: Any = "the end"
    for _ in range(500):
        deep = {"id": "budget.foreseen", "params": {"reason": [deep]}}
    assert str(from_json(deep)).startswith("It would be refused: It would be refused: ")


def test_an_error_is_kept_without_its_language() -> None:
    error = StudioError(Message("fault", fault_id="7"), id="7", charged="unknown")
    assert Failure.from_json(error.failure.to_json()) == error.failure
    assert error.as_dict()["message"] == error.message == str(error)
    assert error.as_dict("de")["message"].startswith("Im Studio ging etwas schief.")
    old = {"code": "NOT_FOUND", "message": "Gone.", "details": {"field": "x"}}
    assert Failure.from_json(old).as_dict("de") == old


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,en;q=0.5,de;q=0.4", "en"),
        ("de;q=0", "en"),
        ("de;q=x", "en"),
    ],
)
def test_the_language_is_the_reader_s(header: str, language: str) -> None:
    assert language_for(header) == language


def test_people_read_the_page_s_labels_and_programs_the_names_that_they_write() -> None:
    for language, texts in TEXTS.items():
        labels = {name: LANGUAGES[language].sentences[f"field.{name}"] for name in texts.labels}
        assert labels == texts.labels
    said = validation_of({"prompt": "x", "model": "recraft-v4", "num_images": 2})
    assert said == ("Recraft V4 takes no num_images.", "Bilder: Das nimmt Recraft V4 nicht.")
    said = validation_of({"prompt": "x", "model": "flux-2-pro", "seed": -1})
    assert said == (
        "Flux 2 Pro takes seed 0 to 4294967295, not -1. Leave seed out for a random one.",
        "Flux 2 Pro nimmt Startwert 0 bis 4294967295, nicht -1. Ohne Startwert wird es ein zufälliger.",
    )


def validation_of(fields: dict[str, Any]) -> tuple[str, str]:
    """A refusal as a program reads it, and a person on the page in German."""
    with pytest.raises(StudioError) as refused:
        validate("generate", fields)
    assert refused.value.message == refused.value.as_dict()["message"]
    return refused.value.message, refused.value.as_dict("de")["message"]
