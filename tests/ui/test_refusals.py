"""What the studio refuses and remarks, on a page in German."""

from collections.abc import Iterator
from typing import Any

import pytest

from imagestudio.catalog import MODELS
from imagestudio.core.errors import StudioError
from imagestudio.jobs.draft import DEMO_WARNING
from imagestudio.ui import status_html as status
from imagestudio.ui.locale import DE, EN
from imagestudio.ui.locale.errors import names, remark, told


def refusals(root: type[StudioError] = StudioError) -> Iterator[type[StudioError]]:
    yield root
    for kind in root.__subclasses__():
        yield from refusals(kind)


@pytest.mark.parametrize("code", sorted({kind.code for kind in refusals()}))
def test_every_code_has_a_sentence(code: str) -> None:
    details = {"field": "seed", "retryAfter": 10}
    assert told({"code": code, "message": "English.", "details": details}, DE)
    assert told({"code": code, "message": "English.", "details": details}, EN) is None


@pytest.mark.parametrize(
    ("code", "details", "sentence"),
    [
        (
            "INVALID_PARAMETER",
            {
                "field": "width",
                "allowed": {"minimum": 256, "maximum": 2048, "multipleOf": 16, "nearest": [992, 1008]},
            },
            "Breite: Dieser Wert geht nicht. Möglich: 256 bis 2048 in Schritten von 16; am nächsten: 992 "
            "oder 1008.",
        ),
        (
            "INVALID_PARAMETER",
            {"field": "prompt", "allowed": {"maxLength": 5000}},
            "Beschreibung: Dieser Wert geht nicht. Möglich: höchstens 5.000 Zeichen.",
        ),
        (
            "INVALID_IMAGE",
            {"field": "image_url", "allowed": ["image/png", "image/webp"]},
            "Dieses Bild geht hier nicht. Möglich: image/png, image/webp.",
        ),
        (
            "MODEL_UNAVAILABLE",
            {"reason": "bad_key", "set": "FAL_KEY", "charged": "no"},
            "Der Anbieter nimmt den Schlüssel nicht an. Bitte FAL_KEY prüfen.",
        ),
        (
            "BUDGET_EXCEEDED",
            {"budget": "day", "limit_usd": 2.0, "spent_usd": 1.99, "wanted_usd": 0.0336, "charged": "no"},
            "Dieser Lauf könnte $0.0336 kosten; vom Budget über $2.00 sind $1.99 verbraucht. Es wurde nichts "
            "gesendet.",
        ),
        (
            "BUDGET_EXCEEDED",
            {"budget": "guests_day", "wanted_usd": 0.05, "charged": "no"},
            "Das Budget dieses Studios reicht dafür nicht mehr. Es wurde nichts gesendet.",
        ),
    ],
)
def test_the_most_exact_sentence_is_taken(code: str, details: dict[str, Any], sentence: str) -> None:
    assert told({"code": code, "message": "English.", "details": details}, DE) == sentence


def test_a_refusal_keeps_its_code_and_its_own_sentence_beside_the_translated_one() -> None:
    error = {
        "code": "CONTENT_REFUSED",
        "message": "Google refused <this>. You were not charged.",
        "details": {"stage": "prompt", "charged": "no"},
    }
    assert status.refusal(error, DE) == (
        '<div class="refusal" role="alert"><p>Der Anbieter hat diese Beschreibung oder dieses Bild '
        "abgelehnt. Noch einmal zu senden hilft nicht: anders formulieren. Es wurde nichts berechnet.</p>"
        '<details><summary>Einzelheiten</summary><p lang="en">Google refused &lt;this&gt;. '
        'You were not charged.</p><code title="Code">CONTENT_REFUSED</code></details></div>'
    )


def test_what_a_picture_comes_with_is_in_german() -> None:
    notices = {route.notice for spec in MODELS.values() for route in spec.routes.values() if route.notice}
    assert notices
    assert [text for text in (DEMO_WARNING, *notices) if remark(text, DE) is None] == []
    assert remark("Picture 2 of 4 did not come: Google cannot stop a call; it may be charged.", DE) == (
        "Bild 2 von 4 kam nicht: Google kann nichts anhalten; vielleicht wird es berechnet."
    )
    assert remark("Something else.", DE) is None


@pytest.mark.parametrize(("english", "german"), DE.sentences.items())
def test_a_remark_fills_in_no_more_than_is_known(english: str, german: str) -> None:
    assert names(german) <= names(english)
