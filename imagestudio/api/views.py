"""Jobs and models as the public contract shows them, the same to every caller."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pybase64

from imagestudio.api.openapi.requests import request_schema
from imagestudio.catalog.price import Price
from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.job import Delivery, Job, Payer, StoredFile
from imagestudio.core.messages import ENGLISH, render
from imagestudio.providers import PROVIDERS
from imagestudio.studio.service import ModelView, Studio

API = "/api/v1/image"
PAYERS: dict[Payer, str] = {
    "studio": "host",
    "visitor": "visitor",
    "huggingface": "huggingface",
    "nobody": "demo",
}
"""Who pays, as whoever asks would call them."""


async def job_view(
    studio: Studio, job: Job, origin: str, *, inline: bool = True, language: str = ENGLISH
) -> dict[str, Any]:
    """The contract's Job. `origin` begins its absolute URLs; `inline=False` keeps pictures out of it."""
    gone = (file.why_gone for file in job.files if file.gone is not None)
    return {
        "id": job.id,
        "task": job.task,
        "status": job.status,
        "model": job.model,
        "provider": job.provider,
        "served_by": job.served_by,
        "seed": job.seed,
        "demo": job.demo,
        "payer": PAYERS[job.payer],
        "created_at": timestamp(job.created_at),
        "started_at": timestamp(job.started_at),
        "finished_at": timestamp(job.finished_at),
        "poll_url": poll_url(job, origin),
        "replaces": job.replaces,
        "asked": job.asked,
        "sent": _sent(job),
        "images": [
            await _image(studio, file, origin, inline=inline and _is_inline(job)) for file in job.pictures
        ],
        "warnings": [render(text, language) for text in (*job.warnings, *gone)],
        "cost": {
            "estimated_usd": job.estimated_usd,
            "reported_usd": job.reported_usd,
            "charged": job.charged,
        },
        "error": job.error.as_dict(language) if job.error else None,
        "offers": list(job.offers),
        "webhook": _webhook(job),
    }


def dry_run_view(job: Job) -> dict[str, Any]:
    """What a run would be: checked and priced, not kept, and nothing sent."""
    return {
        "dry_run": True,
        "task": job.task,
        "model": job.model,
        "provider": job.provider,
        "served_by": job.served_by,
        "demo": job.demo,
        "payer": PAYERS[job.payer],
        "asked": job.asked,
        "sent": _sent(job),
        "warnings": list(map(render, job.warnings)),
        "cost": {"estimated_usd": job.estimated_usd, "at_most_usd": job.at_most_usd, "charged": job.charged},
    }


def _sent(job: Job) -> list[dict[str, Any]]:
    return [{"endpoint": call.endpoint, "body": call.body} for call in job.calls]


def _webhook(job: Job) -> dict[str, Any] | None:
    if job.webhook_url is None:
        return None
    delivery = job.delivery or Delivery(attempts=0, due_at=None, delivered_at=None, last_error=None)
    return {
        "url": job.webhook_url,
        "attempts": delivery.attempts,
        "delivered_at": timestamp(delivery.delivered_at),
        "last_error": delivery.last_error,
        "next_at": timestamp(delivery.due_at),
    }


def poll_url(job: Job, origin: str) -> str:
    """Where to ask for a job."""
    return f"{origin}{API}/jobs/{job.id}"


def file_url(file: StoredFile, origin: str) -> str:
    """Where a stored file is; it does not expire."""
    return f"{origin}{API}/files/{file.id}"


def timestamp(seconds: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_inline(job: Job) -> bool:
    if job.response_format == "auto":
        return PROVIDERS[job.provider].answers_inline
    return job.response_format == "base64"


async def _image(studio: Studio, file: StoredFile, origin: str, *, inline: bool) -> dict[str, Any]:
    if inline:
        path = studio.path(file)
        data = await asyncio.to_thread(lambda: pybase64.b64encode_as_string(path.read_bytes()))
        where = {"base64": data}
    else:
        where = {"url": file_url(file, origin)}
    return {
        "id": file.id,
        **where,
        "mimeType": file.mime_type,
        "width": file.width,
        "height": file.height,
        "bytes": file.bytes,
    }


def model_view(studio: Studio, view: ModelView) -> dict[str, Any]:
    """A model, for whoever chooses one: controls, price, where it stands, whether it runs now."""
    spec = view.spec
    return {
        "id": spec.id,
        "name": spec.name,
        "provider": spec.provider,
        "task": spec.task,
        "note": spec.note,
        "default": spec.default,
        "controls": request_schema(spec),
        "price": {
            "listed_usd": spec.listed_price,
            **_price(view.route.price, studio.estimate(spec.id, {})),
            "variants": _variants(studio, spec),
        },
        "life": {
            "status": spec.life.status,
            "since": spec.life.since.isoformat() if spec.life.since else None,
            "successor": spec.life.successor,
            "note": spec.life.note,
        },
        "served_by": view.route.served_by,
        "available": {
            "can_run": view.can_run,
            "reason": None if view.can_run else "missing_key",
            "set": view.set,
            "message": render(view.missing) if view.missing else None,
        },
        "sources": list(spec.sources),
    }


def _price(price: Price, estimate: float | None) -> dict[str, Any]:
    return {
        "estimate_usd": estimate,
        "rule": price.describe(),
        "source": price.evidence.source,
        "read": price.evidence.read,
        "note": price.evidence.note or None,
    }


def _variants(studio: Studio, spec: ModelSpec) -> list[dict[str, Any]]:
    """What it costs instead while a control that changes the upstream is on."""
    chosen: list[dict[str, Any]] = [
        {control.name: True} for control in spec.controls if control.selects_route
    ]
    return [
        {"controls": controls, **_price(spec.route(controls).price, studio.estimate(spec.id, controls))}
        for controls in chosen
    ]
