"""Refusals and warnings as the page shows them, in German too."""

from dataclasses import replace
from html import escape

import pytest

from imagestudio.core.errors import Failure, StudioError
from imagestudio.core.messages import DE as GERMAN
from imagestudio.core.messages import Message, from_json, render
from imagestudio.ui import job_line as facts
from imagestudio.ui import status_html as status
from imagestudio.ui.locale import DE, EN
from tests.messages import example, kinds, raised
from tests.ui.conftest import JOB


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
def test_every_code_is_shown_in_german(kind: type[StudioError]) -> None:
    for id in raised(kind):
        error = Failure(kind.code, example(id), {})
        html = status.refusal(error, DE)
        assert escape(render(error.text, "de")) in html
        assert f'<p lang="en">{escape(str(error.text))}</p>' in html
        assert f">{kind.code}</code>" in html


def test_a_refusal_keeps_its_code_and_its_english_sentence_beside_the_german_one() -> None:
    text = Message(
        "provider.refused_prompt_because", title="Google", reason="<this>", money=Message("money.no")
    )
    assert status.refusal(Failure("CONTENT_REFUSED", text, {"stage": "prompt", "charged": "no"}), DE) == (
        '<div class="refusal" role="alert"><p>Google hat diese Beschreibung oder dieses Bild abgelehnt '
        "(&lt;this&gt;). Noch einmal zu senden hilft nicht: anders formulieren. Es wurde nichts "
        'berechnet.</p><details><summary>Einzelheiten</summary><p lang="en">Google refused this prompt or '
        "picture (&lt;this&gt;). Sending it again will not help; reword it. You were not charged.</p>"
        '<code title="Code">CONTENT_REFUSED</code></details></div>'
    )


def test_a_job_of_an_older_studio_reads_well_in_both_languages() -> None:
    old = Failure.from_json(
        {"code": "PROVIDER_ERROR", "message": "It broke. You were not charged.", "details": {"charged": "no"}}
    )
    job = replace(JOB, status="failed", error=old, warnings=(from_json("The seed was taken as it is."),))
    for texts in (EN, DE):
        assert "<p>It broke. You were not charged.</p>" in status.ended(job, texts)
    assert "<li>The seed was taken as it is.</li>" in facts.line(job, EN)
    assert '<li lang="en">The seed was taken as it is.</li>' in facts.line(job, DE)


def test_a_warning_in_a_warning_is_german_too() -> None:
    late = Message("picture.did_not_come", position=2, total=4, reason=Message("cancel.google"))
    assert "Bild 2 von 4 kam nicht: Google kann nichts anhalten; vielleicht wird es berechnet." in facts.line(
        replace(JOB, warnings=(late,)), DE
    )


def test_what_is_said_of_the_demo_is_not_repeated_when_a_run_is_stopped() -> None:
    stopped = replace(
        JOB, status="canceled", demo=True, warnings=(Message("demo"), Message("cancel.demo_off"))
    )
    assert status.ended(stopped, DE) == f'<p class="done">Angehalten. {GERMAN["cancel.demo_off"]}</p>'
