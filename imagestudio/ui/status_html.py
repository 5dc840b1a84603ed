"""How a run goes, in words."""

from html import escape

from imagestudio.catalog import MODELS
from imagestudio.core.errors import Failure
from imagestudio.core.job import Job, Offer, Progress
from imagestudio.core.messages import Message, render
from imagestudio.providers import PROVIDERS
from imagestudio.ui.locale import Texts


def progress_text(job: Job, progress: Progress | None, now: float, texts: Texts) -> str:
    """A running job in a few words: "Queued, 2 ahead", "Generating, 6 s, 40 %", "Saving"."""
    if progress is None:
        return texts.stages["queued"]
    if progress.stage == "waiting" and progress.note:
        # More than its gist is for one who has to send it again; here the studio does.
        return texts.waiting.format(reason=render(progress.note.gist, texts.language))
    parts = [texts.stages[progress.stage].format(provider=PROVIDERS[job.provider].title)]
    if progress.ahead:
        parts.append(texts.ahead.format(count=progress.ahead))
    if progress.stage == "generating":
        elapsed = max(0, int(now - progress.since))
        if progress.usual_s:
            parts.append(texts.forms["usual"].format(seconds=elapsed, usual=max(1, round(progress.usual_s))))
        else:
            parts.append(texts.seconds.format(seconds=elapsed))
    if progress.fraction is not None:
        parts.append(texts.percent.format(percent=round(progress.fraction * 100)))
    return ", ".join(parts)


def working(line: str) -> str:
    """The status line of a run under way, as HTML."""
    return f'<p class="working">{escape(line)}</p>'


def seconds(job: Job, texts: Texts) -> str:
    """How long a job took."""
    if job.finished_at is None:
        return ""
    return texts.seconds.format(seconds=texts.number(max(0.0, job.finished_at - job.created_at), 1))


def ended(job: Job, texts: Texts) -> str:
    """The status line of a job that has ended, as HTML."""
    if (error := _own_error(job)) is not None:
        return refusal(error, texts, demo=job.demo)
    if job.status == "canceled":
        warnings = [render(text, texts.language) for text in job.warnings if text.id != "demo"]
        return f'<p class="done">{escape(" ".join([texts.stopped, *warnings]))}</p>'
    name = MODELS[job.model].name if job.model in MODELS else job.model
    return f'<p class="done">{escape(texts.done.format(model=name, seconds=seconds(job, texts)))}</p>'


def _own_error(job: Job) -> Failure | None:
    """Why a job brought nothing. The job's own error of a lost submit names the ways on as the API does;
    the page has buttons for them."""
    lost = next((call.error for call in job.calls if call.state == "uncertain"), None)
    return lost if job.status == "uncertain" and lost else job.error


def offers(job: Job, texts: Texts) -> dict[Offer, str]:
    """What can be done about an ended job, and how its button calls it."""
    if job.error and job.error.details.get("stage") == "prompt":
        return {}  # what was refused once is refused again; its message says what helps
    twice = job.charged != "no" and not job.demo
    labels: dict[Offer, str] = {
        "look_again": texts.look_again,
        "run_again": texts.run_again_twice if twice else texts.run_again,
    }
    return {offer: labels[offer] for offer in job.offers}


def refusal(error: Failure, texts: Texts, *, demo: bool = False) -> str:
    """A failure in the page's language, whether it cost money, and under its details its code, and in another
    language than English the sentence that programs read; as HTML."""
    parts = [error.text, _money(error, demo=demo)]
    sentence = " ".join(render(part, texts.language) for part in parts if part)
    code = f'<code title="{escape(texts.refused_code)}">{escape(error.code)}</code>'
    original = f'<p lang="en">{escape(render(error.text))}</p>' if texts.language != "en" else ""
    details = f"<details><summary>{escape(texts.forms['details'])}</summary>{original}{code}</details>"
    return f'<div class="refusal" role="alert"><p>{escape(sentence)}</p>{details}</div>'


def _money(error: Failure, *, demo: bool) -> Message | None:
    if demo:
        return Message("charged.demo") if error.details.get("charged") in ("yes", "unknown") else None
    return error.money()
