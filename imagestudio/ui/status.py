"""How a run goes, in words."""

from html import escape
from typing import Any

from imagestudio.catalog import MODELS
from imagestudio.jobs import Job, Progress
from imagestudio.providers import PROVIDERS
from imagestudio.ui import texts


def progress_words(job: Job, progress: Progress | None, now: float) -> str:
    """A running job in a few words: "Queued, 2 ahead", "Generating, 6 s, 40 %", "Saving"."""
    if progress is None:
        return texts.STAGES["queued"]
    if progress.stage == "waiting" and progress.note:
        return progress.note
    words = [texts.STAGES[progress.stage].format(provider=PROVIDERS[job.provider].title)]
    if progress.ahead:
        words.append(texts.AHEAD.format(count=progress.ahead))
    if progress.stage == "generating":
        words.append(texts.SECONDS.format(seconds=max(0, int(now - progress.since))))
    if progress.fraction is not None:
        words.append(texts.PERCENT.format(percent=round(progress.fraction * 100)))
    return ", ".join(words)


def working(words: str) -> str:
    """The status line of a run under way, as HTML."""
    return f'<p class="working">{escape(words)}</p>'


def seconds(job: Job) -> str:
    """How long a job took."""
    if job.finished_at is None:
        return ""
    return texts.SECONDS.format(seconds=f"{max(0.0, job.finished_at - job.created_at):.1f}")


def ended(job: Job) -> str:
    """The status line of a job that has ended, as HTML."""
    if job.error is not None:
        return refusal(job.error, demo=job.demo)
    if job.status == "canceled":
        warned = " ".join(job.warnings[1:] if job.demo else job.warnings)
        return f'<p class="done">{escape(f"{texts.STOPPED} {warned}".strip())}</p>'
    name = MODELS[job.model].name if job.model in MODELS else job.model
    return f'<p class="done">{escape(texts.DONE.format(model=name, seconds=seconds(job)))}</p>'


def refusal(error: dict[str, Any], *, demo: bool = False) -> str:
    """A failure as a plain sentence, whether it cost money, and its code, small; as HTML."""
    charged = texts.CHARGED.get(error["details"].get("charged", ""), "")
    sentence = f"{error['message']} {charged if not demo else ''}".strip()
    code = f'<code title="{escape(texts.REFUSED_CODE)}">{escape(error["code"])}</code>'
    return f'<p class="refusal" role="alert">{escape(sentence)} {code}</p>'
