"""The lines under the picture: what it is, what it cost, what was asked, sent and got; as HTML."""

import json
from html import escape
from typing import Any

from imagestudio.catalog import MODELS
from imagestudio.core.job import Job
from imagestudio.core.messages import Message, render
from imagestudio.ui import price_html as money
from imagestudio.ui import status_html as status
from imagestudio.ui.locale import Words


def working(job: Job, said: str, fraction: float | None, elapsed: float, words: Words) -> str:
    """The line of a run under way, on a thin bar: as far as the provider tells, else moving."""
    if fraction is None:
        # The line is drawn anew each second: a negative delay lets the movement go on where it was.
        bar = f'<i class="unknown" style="animation-delay: -{elapsed % 1.6:.2f}s"></i>'
    else:
        bar = f'<i style="width: {fraction:.0%}"></i>'
    return f'<div class="bar" aria-hidden="true">{bar}</div>{_row([said, _repeats(job, words)])}'


def line(job: Job, words: Words) -> str:
    """Model, real pixels, seconds, cost; then every warning."""
    name = MODELS[job.model].name if job.model in MODELS else job.model
    sizes = dict.fromkeys(f"{file.width} × {file.height}" for file in job.pictures)
    seed = "" if job.seed is None else words.seed.format(seed=job.seed)
    facts = _row(
        [name, *sizes, status.seconds(job, words), seed, money.cost(job, words), _repeats(job, words)]
    )
    warnings = "".join(_warning(warning, words) for warning in job.warnings)
    seed_kept = f'<span hidden data-seed="{job.seed}"></span>' if seed else ""
    return facts + seed_kept + (f'<ul class="warnings">{warnings}</ul>' if warnings else "")


def _warning(warning: Message, words: Words) -> str:
    foreign = ' lang="en"' if warning.id == "plain" and words.language != "en" else ""
    return f"<li{foreign}>{escape(render(warning, words.language))}</li>"


def _row(parts: list[str]) -> str:
    return f'<p class="facts">{"".join(f"<span>{escape(part)}</span>" for part in parts if part)}</p>'


def _repeats(job: Job, words: Words) -> str:
    return words.repeats.format(job_id=job.replaces[:8]) if job.replaces else ""


def details(view: dict[str, Any], words: Words) -> str:
    """Asked, sent and got, side by side."""
    got = {
        key: view[key]
        for key in ("id", "status", "served_by", "images", "cost", "warnings", "error")
        if view[key] not in (None, [])
    }
    columns = ((words.asked, view["asked"]), (words.sent, view["sent"]), (words.got, got))
    return (
        f"<details><summary>{escape(words.asked_sent_got)}</summary><div>"
        + "".join(
            f'<section><h3>{escape(title)}</h3><pre tabindex="0">{escape(_pretty(value))}</pre></section>'
            for title, value in columns
        )
        + "</div></details>"
    )


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
