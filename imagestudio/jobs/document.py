"""A job as the public contract shows it, the same to every caller: REST, gradio_client, MCP and webhooks."""

from datetime import UTC, datetime
from typing import Any

from imagestudio.core.job import Delivery, Job, Payer, StoredFile
from imagestudio.core.messages import PROGRAM, render

API = "/api/v1/image"
PAYERS: dict[Payer, str] = {
    "studio": "host",
    "visitor": "visitor",
    "huggingface": "huggingface",
    "nobody": "demo",
}
"""Who pays, as whoever asks would call them."""


BEGINNING = 200
"""Characters of a text in a list."""


def job_document(job: Job, origin: str, language: str = PROGRAM) -> dict[str, Any]:
    """The contract's Job, its pictures by their addresses. `origin` begins its absolute URLs."""
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
        "poll_url": f"{origin}{API}/jobs/{job.id}",
        "replaces": job.replaces,
        "asked": job.asked,
        "sent": _sent(job),
        "images": [_image(file, origin) for file in job.pictures],
        "files": [_file(file, origin) for file in job.leftovers],
        "warnings": [render(text, language) for text in (*job.warnings, *gone)],
        "cost": {
            "estimated_usd": job.estimated_usd,
            "reported_usd": job.reported_usd,
            "charged": job.charged,
        },
        "error": job.told_error.as_dict(language) if job.told_error else None,
        "offers": list(job.offers),
        "webhook": _webhook(job),
    }


def job_summary(job: Job, origin: str) -> dict[str, Any]:
    """A job in a few lines, for lists: as bounded as its prompt's beginning and its pictures' addresses."""
    error = job.told_error
    return {
        "id": job.id,
        "task": job.task,
        "status": job.status,
        "model": job.model,
        "prompt": shortened(job.prompt),
        "created_at": timestamp(job.created_at),
        "finished_at": timestamp(job.finished_at),
        "images": [f"{origin}{API}/files/{file.id}" for file in job.pictures],
        "files": [f"{origin}{API}/files/{file.id}" for file in job.leftovers],
        "charged": job.charged,
        "error": {"code": error.code, "message": shortened(str(error.text))} if error else None,
        "offers": list(job.offers),
    }


def shortened(text: str) -> str:
    """Its beginning."""
    return text if len(text) <= BEGINNING else f"{text[: BEGINNING - 1]}…"


def dry_run_document(job: Job) -> dict[str, Any]:
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


def timestamp(seconds: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sent(job: Job) -> list[dict[str, Any]]:
    return [{"endpoint": call.endpoint, "body": call.body} for call in job.calls]


def _image(file: StoredFile, origin: str) -> dict[str, Any]:
    return {**_file(file, origin), "width": file.width or None, "height": file.height or None}


def _file(file: StoredFile, origin: str) -> dict[str, Any]:
    return {
        "id": file.id,
        "url": f"{origin}{API}/files/{file.id}",
        "mimeType": file.mime_type,
        "bytes": file.bytes,
    }


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
