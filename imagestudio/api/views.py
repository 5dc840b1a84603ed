"""Jobs and models as the public contract shows them, the same to every caller."""

import asyncio
from pathlib import Path
from typing import Any

import pybase64

from imagestudio.api.openapi.requests import request_schema
from imagestudio.catalog.price import Price
from imagestudio.catalog.spec import ModelSpec
from imagestudio.core.job import Job
from imagestudio.core.messages import render
from imagestudio.jobs.document import job_document
from imagestudio.providers import PROVIDERS
from imagestudio.studio.service import ModelView, Studio


async def job_view(studio: Studio, job: Job, origin: str) -> dict[str, Any]:
    """The contract's Job, with its pictures themselves where the request wants them so."""
    view = job_document(job, origin)
    if _is_inline(job):
        view["images"] = [
            await _inlined(image, studio.path(file))
            for image, file in zip(view["images"], job.pictures, strict=True)
        ]
    return view


def _is_inline(job: Job) -> bool:
    if job.response_format == "auto":
        return PROVIDERS[job.provider].answers_inline
    return job.response_format == "base64"


async def _inlined(image: dict[str, Any], path: Path) -> dict[str, Any]:
    """The picture itself in place of its address."""
    data = await asyncio.to_thread(lambda: pybase64.b64encode_as_string(path.read_bytes()))
    return {"base64" if name == "url" else name: data if name == "url" else image[name] for name in image}


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
