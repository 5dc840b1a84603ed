"""What the page says of prices, runs and failures, and that nothing from outside becomes markup."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imagestudio.catalog import MODELS
from imagestudio.core.errors import Charged, Failure
from imagestudio.core.job import Job, Progress
from imagestudio.core.messages import Message, plain
from imagestudio.core.settings import load_settings
from imagestudio.providers import problems
from imagestudio.store.budget import Balance
from imagestudio.ui import catalog_data
from imagestudio.ui import header_html as header
from imagestudio.ui import job_line as facts
from imagestudio.ui import price_html as money
from imagestudio.ui import result_html as results
from imagestudio.ui import status_html as status
from imagestudio.ui.locale import EN
from tests.tables import rows
from tests.ui.conftest import FILE, JOB, NASTY


@rows(
    ("amount", "words"),
    [(0.03, "$0.03"), (0.0336, "$0.0336"), (0.014, "$0.014"), (1.5, "$1.50"), (0, "$0.00")],
)
def test_prices_show_what_counts(amount: float, words: str) -> None:
    assert money.usd(amount) == words


@rows(
    ("changes", "words"),
    [
        ({}, "about $0.03"),
        ({"estimated_usd": None}, "cost unknown"),
        ({"demo": True}, "demo, nothing charged"),
        ({"calls": (replace(JOB.calls[0], charged="no"),)}, "not charged"),
        ({"calls": (replace(JOB.calls[0], charged="unknown"),)}, "cost unknown"),
        ({"calls": (replace(JOB.calls[0], reported_usd=0.045),)}, "$0.045"),
        ({"calls": (replace(JOB.calls[0], reported_usd=0.045, charged="unknown"),)}, "at most $0.045"),
    ],
)
def test_a_cost_is_never_made_up(changes: dict[str, Any], words: str) -> None:
    assert money.cost(replace(JOB, **changes), EN) == words


def test_a_demo_that_is_forced_names_its_switch_and_takes_no_keys() -> None:
    forced, free = (header.bar(load_settings(one), EN) for one in ({"IMAGESTUDIO_SANDBOX": "on"}, {}))
    assert [EN.go_live_forced in bar for bar in (forced, free)] == [True, False]
    assert [EN.forms["get_key"] in bar for bar in (forced, free)] == [False, True]


@rows(
    ("progress", "words"),
    [
        (None, "Queued"),
        (Progress("queued", 1000, ahead=2), "Queued, 2 ahead"),
        (Progress("sending", 1000), "Sending to Black Forest Labs"),
        (
            Progress("waiting", 1000, note=problems.rate_limited("fal.ai", 5).text),
            "Waiting: fal.ai is limiting requests",
        ),
        (Progress("generating", 1000), "Generating, 6 s"),
        (Progress("generating", 1000, fraction=0.4), "Generating, 6 s, 40 %"),
        (Progress("saving", 1000), "Saving"),
    ],
)
def test_progress_is_words(progress: Progress | None, words: str) -> None:
    assert status.progress_text(JOB, progress, 1006.9, EN) == words


@rows(
    ("charged", "said"),
    [
        ("no", " You were not charged."),
        ("yes", " This was charged."),
        ("unknown", " Whether it was charged is not known."),
        (None, ""),
    ],
)
def test_a_failure_is_a_sentence_that_speaks_of_money(charged: str | None, said: str) -> None:
    text = Message("provider.undocumented", title="Google", what=NASTY)
    error = Failure("PROVIDER_ERROR", text, {"charged": charged} if charged else {})
    html = status.ended(replace(JOB, status="failed", error=error), EN)
    assert html == (
        '<div class="refusal" role="alert">'
        "<p>Google answered something undocumented: "
        f"&lt;img src=x onerror=&quot;alert(&#x27;1&#x27;)&quot;&gt;{said}</p>"
        '<details><summary>Details</summary><code title="Code">PROVIDER_ERROR</code></details></div>'
    )


def refusal(job: Job) -> str:
    """The sentence without its markup."""
    return status.ended(job, EN).removeprefix('<div class="refusal" role="alert"><p>').partition("</p>")[0]


def test_money_is_spoken_of_once_and_truly() -> None:
    error = Failure("PROVIDER_ERROR", plain("It may be charged."), {"charged": "unknown"})
    failed = replace(JOB, status="failed", error=error)
    assert refusal(failed) == "It may be charged."
    assert refusal(replace(failed, demo=True)) == (
        "It may be charged. This is the demo: nothing was charged."
    )


LOST = replace(
    JOB.calls[0],
    state="uncertain",
    charged="unknown",
    error=Failure("PROVIDER_ERROR", plain("It broke. Perhaps charged."), {}),
)
UNCERTAIN = replace(
    JOB, status="uncertain", calls=(LOST,), error=Failure("PROVIDER_ERROR", plain("run_again"), {})
)
LOOK, AGAIN, TWICE = "Look again (free)", "Run again", "Run again (may cost twice)"


def test_a_lost_submit_speaks_as_a_page() -> None:
    assert refusal(UNCERTAIN) == "It broke. Perhaps charged."


def ended_as(error: Failure | None, charged: Charged, ticket: dict[str, str] | None = None) -> Job:
    """A job that failed so."""
    call = replace(JOB.calls[0], state="failed", charged=charged, ticket=ticket, error=error)
    return replace(JOB, status="failed", error=error, calls=(call,))


LATE = Failure("PROVIDER_TIMEOUT", plain("Too late."), {})
REFUSED = Failure("CONTENT_REFUSED", plain("No."), {"stage": "prompt"})


@rows(
    ("job", "offers"),
    [
        (JOB, {}),
        (replace(JOB, status="canceled"), {}),
        (UNCERTAIN, {"run_again": TWICE}),
        (replace(UNCERTAIN, demo=True), {"run_again": AGAIN}),
        (ended_as(LATE, "unknown", {"id": "1"}), {"look_again": LOOK, "run_again": TWICE}),
        (ended_as(LATE, "no"), {"run_again": AGAIN}),
        (ended_as(REFUSED, "no", {"id": "1"}), {}),
    ],
)
def test_the_ways_on_say_what_they_cost(job: Job, offers: dict[str, str]) -> None:
    assert status.offers(job, EN) == offers


def test_a_repeated_run_names_the_first() -> None:
    again = replace(JOB, replaces="abcdef1234567890", finished_at=None)
    assert "<span>repeats run abcdef12</span>" in facts.line(again, EN)
    assert facts.working(again, "Queued", 0.5, 1.0, EN) == (
        '<div class="bar" aria-hidden="true"><i style="width: 50%"></i></div>'
        '<p class="facts"><span>Queued</span><span>repeats run abcdef12</span></p>'
    )


def test_budgets_are_one_line() -> None:
    day, month = Balance("day", 5, 0.12), Balance("month", 50, 3.2)
    assert money.spent([], EN, demo=False) == ""
    assert money.spent([day, month], EN, demo=False) == (
        "<p>Today $0.12 of $5.00 · This month $3.20 of $50.00</p>"
    )
    assert money.spent([day], EN, demo=True) == "<p>Today $0.12 of $5.00 · play money</p>"


def test_the_line_says_model_pixels_seconds_seed_and_cost() -> None:
    assert facts.line(replace(JOB, files=(FILE,), warnings=(plain(NASTY),)), EN) == (
        '<p class="facts"><span>Flux 2 Pro</span><span>640 × 480</span><span>2.5 s</span>'
        '<span>seed 7</span><span>about $0.03</span></p><span hidden data-seed="7"></span>'
        '<ul class="warnings"><li>&lt;img src=x onerror=&quot;alert(&#x27;1&#x27;)&quot;&gt;</li></ul>'
    )


def test_asked_sent_and_got_are_text() -> None:
    view = {
        "id": "1",
        "status": "succeeded",
        "served_by": None,
        "asked": {"prompt": NASTY},
        "sent": [{"body": NASTY}],
        "images": [],
        "cost": {},
        "warnings": [],
        "error": None,
    }
    html = facts.details(view, EN)
    assert "<img" not in html
    assert html.count("<section>") == 3


def test_the_frame_has_the_shape_that_comes() -> None:
    wide = replace(JOB, status="running", controls={"width": 1024, "height": 512})
    assert 'style="--width: 1024px; --ratio: 2.0000"' in results.frame(wide)
    four = replace(
        JOB, status="running", model="imagen-4", controls={"num_images": 4, "aspect_ratio": "16:9"}
    )
    assert results.frame(four).count('class="frame"') == 4
    assert "--ratio: 1.7778" in results.frame(four)


@pytest.mark.slow
def test_a_disabled_control_asks_nothing() -> None:
    from imagestudio.ui import controls  # Gradio with it

    values = {
        "width": 512,
        "height": None,
        "aspect_ratio": "1:1",
        "num_images": 4,
        "image_size": "",
        "seed": 0,
        "vector": False,
    }
    assert controls.asked(MODELS["flux-2-pro"], values) == {"width": 512, "seed": 0}
    assert controls.asked(MODELS["imagen-4"], values) == {"aspect_ratio": "1:1", "num_images": 4}
    assert controls.asked(MODELS["recraft-v4"], values | {"vector": True}) == {
        "width": 512,
        "aspect_ratio": "1:1",
        "vector": True,
    }


def test_the_list_names_price_and_provider(tmp_path: Path) -> None:
    settings = load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path})
    assert catalog_data.label(MODELS["flux-2-pro"], settings) == "Flux 2 Pro · $0.03 · Black Forest Labs"
    assert catalog_data.note(MODELS["flux-2-pro"], EN) == "<p>Best open image model.</p>"
    assert "served by gemini-3-pro-image" in catalog_data.note(MODELS["imagen-4-ultra"], EN)


def test_a_run_is_told_against_the_models_usual_time() -> None:
    progress = Progress("generating", 1000, usual_s=8.6)
    assert status.progress_text(JOB, progress, 1006, EN) == "Generating, 6 s of about 9 s"
