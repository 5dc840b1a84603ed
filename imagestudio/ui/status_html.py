"""How a run goes, in words."""

from html import escape
from typing import Any

from imagestudio.catalog import MODELS
from imagestudio.core.job import Job, Offer, Progress
from imagestudio.providers import PROVIDERS
from imagestudio.ui.locale import Words
from imagestudio.ui.locale.errors import remark, told


def progress_words(job: Job, progress: Progress | None, now: float, words: Words) -> str:
    """A running job in a few words: "Queued, 2 ahead", "Generating, 6 s, 40 %", "Saving"."""
    if progress is None:
        return words.stages["queued"]
    if progress.stage == "waiting" and progress.note:
        # What follows the first sentence is for one who has to send it again; here the studio does.
        reason = progress.note.partition(". ")[0].removesuffix(".")
        return words.waiting.format(reason=remark(reason, words) or reason)
    said = [words.stages[progress.stage].format(provider=PROVIDERS[job.provider].title)]
    if progress.ahead:
        said.append(words.ahead.format(count=progress.ahead))
    if progress.stage == "generating":
        elapsed = max(0, int(now - progress.since))
        if progress.usual_s:
            said.append(words.forms["usual"].format(seconds=elapsed, usual=max(1, round(progress.usual_s))))
        else:
            said.append(words.seconds.format(seconds=elapsed))
    if progress.fraction is not None:
        said.append(words.percent.format(percent=round(progress.fraction * 100)))
    return ", ".join(said)


def working(said: str) -> str:
    """The status line of a run under way, as HTML."""
    return f'<p class="working">{escape(said)}</p>'


def seconds(job: Job, words: Words) -> str:
    """How long a job took."""
    if job.finished_at is None:
        return ""
    return words.seconds.format(seconds=words.number(max(0.0, job.finished_at - job.created_at), 1))


def ended(job: Job, words: Words) -> str:
    """The status line of a job that has ended, as HTML."""
    if (error := _own_error(job)) is not None:
        return refusal(error, words, demo=job.demo)
    if job.status == "canceled":
        warnings = job.warnings[1:] if job.demo else job.warnings
        warned = " ".join(remark(warning, words) or warning for warning in warnings)
        return f'<p class="done">{escape(f"{words.stopped} {warned}".strip())}</p>'
    name = MODELS[job.model].name if job.model in MODELS else job.model
    return f'<p class="done">{escape(words.done.format(model=name, seconds=seconds(job, words)))}</p>'


def _own_error(job: Job) -> dict[str, Any] | None:
    """Why a job brought nothing. The job's own error of a lost submit names the ways on as the API does;
    the page has buttons for them."""
    lost = next((call.error for call in job.calls if call.state == "uncertain"), None)
    return lost if job.status == "uncertain" and lost else job.error


def offers(job: Job, words: Words) -> dict[Offer, str]:
    """What can be done about an ended job, and how its button calls it."""
    if job.error and job.error["details"].get("stage") == "prompt":
        return {}  # what was refused once is refused again; its sentence says what helps
    twice = job.charged != "no" and not job.demo
    labels: dict[Offer, str] = {
        "look_again": words.look_again,
        "run_again": words.run_again_twice if twice else words.run_again,
    }
    return {offer: labels[offer] for offer in job.offers}


def refusal(error: dict[str, Any], words: Words, *, demo: bool = False) -> str:
    """A failure as a plain sentence, whether it cost money, and under its details its code, and what
    the studio said in English where the page speaks another language; as HTML."""
    own = told(error, words)
    sentence = f"{own or error['message']} {_money(error, words, demo=demo, silent=own is not None)}".strip()
    code = f'<code title="{escape(words.refused_code)}">{escape(error["code"])}</code>'
    original = f'<p lang="en">{escape(error["message"])}</p>' if own else ""
    details = f"<details><summary>{escape(words.forms['details'])}</summary>{original}{code}</details>"
    return f'<div class="refusal" role="alert"><p>{escape(sentence)}</p>{details}</div>'


def _money(error: dict[str, Any], words: Words, *, demo: bool, silent: bool) -> str:
    charged = error["details"].get("charged", "")
    if demo:
        return words.charged_demo if charged in ("yes", "unknown") else ""
    # Most sentences of the studio's say it themselves, and more exactly; the page's own are silent on it.
    said = not silent and any(word in error["message"] for word in ("charge", "Nothing was sent"))
    return "" if said else words.charged.get(charged, "")
