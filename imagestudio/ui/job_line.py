"""The lines under the picture: what it is, what it cost, what was asked, sent and got; as HTML."""

import json
from html import escape
from typing import Any

from imagestudio.catalog import MODELS
from imagestudio.core.job import Job
from imagestudio.core.messages import Message, render
from imagestudio.ui import price_html as money
from imagestudio.ui import status_html as status
from imagestudio.ui.locale import Texts


def working(job: Job, text: str, fraction: float | None, elapsed: float, texts: Texts) -> str:
    """The line of a run under way, on a thin bar: as far as the provider tells, else moving."""
    if fraction is None:
        # The line is drawn anew each second: a negative delay lets the movement go on where it was.
        bar = f'<i class="unknown" style="animation-delay: -{elapsed % 1.6:.2f}s"></i>'
    else:
        bar = f'<i style="width: {fraction:.0%}"></i>'
    return f'<div class="bar" aria-hidden="true">{bar}</div>{_row([text, _repeats(job, texts)])}'


def line(job: Job, texts: Texts) -> str:
    """Model, real pixels, seconds, cost; then every warning."""
    name = MODELS[job.model].name if job.model in MODELS else job.model
    sizes = dict.fromkeys(f"{file.width} × {file.height}" for file in job.pictures if file.width)
    seed = "" if job.seed is None else texts.seed.format(seed=job.seed)
    facts = _row(
        [name, *sizes, status.seconds(job, texts), seed, money.cost(job, texts), _repeats(job, texts)]
    )
    warnings = "".join(_warning(warning, texts) for warning in job.warnings)
    seed_data = f'<span hidden data-seed="{job.seed}"></span>' if seed else ""
    return facts + seed_data + (f'<ul class="warnings">{warnings}</ul>' if warnings else "")


def _warning(warning: Message, texts: Texts) -> str:
    foreign = ' lang="en"' if warning.id == "plain" and texts.language != "en" else ""
    return f"<li{foreign}>{escape(render(warning, texts.language))}</li>"


def _row(parts: list[str]) -> str:
    return f'<p class="facts">{"".join(f"<span>{escape(part)}</span>" for part in parts if part)}</p>'


def _repeats(job: Job, texts: Texts) -> str:
    return texts.repeats.format(job_id=job.replaces[:8]) if job.replaces else ""


def details(view: dict[str, Any], texts: Texts) -> str:
    """Asked, sent and got, side by side."""
    got = {
        key: view[key]
        for key in ("id", "status", "served_by", "images", "cost", "warnings", "error")
        if view[key] not in (None, [])
    }
    columns = ((texts.asked, view["asked"]), (texts.sent, view["sent"]), (texts.got, got))
    return (
        f"<details><summary>{escape(texts.asked_sent_got)}</summary><div>"
        + "".join(
            f'<section><h3>{escape(title)}</h3><pre tabindex="0">{escape(_pretty(value))}</pre></section>'
            for title, value in columns
        )
        + "</div></details>"
    )


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
