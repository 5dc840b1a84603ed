"""Comparisons as the page sees them. While one is blind, nothing here tells which model is which."""

from hashlib import sha256
from typing import Any

import orjson

from imagestudio.catalog import MODELS
from imagestudio.catalog.sizes import sides_of
from imagestudio.core.errors import Failure
from imagestudio.core.job import Progress, StoredFile
from imagestudio.core.messages import render
from imagestudio.jobs.document import timestamp
from imagestudio.media.formats import SVG
from imagestudio.providers import PROVIDERS
from imagestudio.store.comparisons import Comparison
from imagestudio.studio.compare.service import ComparisonState, Line, ModelRun, Ranking, Total, total
from imagestudio.studio.service import Studio


def line_view(line: Line, language: str) -> dict[str, Any]:
    """What a model would do with a wish."""
    spec = line.spec
    return {
        "model": spec.id,
        "model_name": spec.name,
        "provider_name": PROVIDERS[spec.provider].title,
        "note": spec.note,
        "settings": line.nearest.settings,
        "differences": [
            {
                "field": one.field,
                "wished": one.wished,
                "used": one.used,
                "why": render(one.why, language),
            }
            for one in line.nearest.differences
        ],
        "estimate_usd": line.estimate_usd,
        "can_run": line.can_run,
        "message": render(line.missing, language) if line.missing else None,
    }


def total_view(sums: Total) -> dict[str, Any]:
    """What several runs cost together."""
    return {"usd": sums.usd, "unknown": sums.unknown}


def listed_view(comparison: Comparison) -> dict[str, Any]:
    """A comparison in a list."""
    return {
        "id": comparison.id,
        "created_at": timestamp(comparison.created_at),
        "prompt": comparison.prompt,
        "blind": comparison.blind,
        "models": len(comparison.entries),
        "voted": comparison.verdict is not None,
    }


def comparison_view(studio: Studio, state: ComparisonState, language: str) -> dict[str, Any]:
    """A comparison as it stands, and a `version` that changes with everything else in it."""
    comparison, verdict = state.comparison, state.comparison.verdict
    hidden = state.hidden
    started = [run for run in state.runs if run.job is not None]
    refused = [run for run in state.runs if run.job is None and run.entry.error is not None]
    view = {
        **listed_view(comparison),
        "wishes": comparison.wishes,
        "demo": comparison.demo,
        "ended": state.ended,
        "hidden": hidden,
        "unstarted": state.unstarted,
        "ready": sum(run.ended for run in started),
        "estimate": total_view(total(_estimate(studio, run) for run in started)),
        "runs": [_hidden(run, state) if hidden else _open(run, language) for run in started],
        # Of no place: who is not in it does not tell who is where.
        "refused": sorted(
            (_refused(run, language) for run in refused), key=lambda one: str(one["model_name"])
        ),
        "can_vote": len(state.shown) > 1,
        "vote": {"winner": verdict.winner} if verdict else None,
    }
    return view | {"version": sha256(orjson.dumps(view)).hexdigest()[:16]}


def elapsed(state: ComparisonState, now: float) -> dict[str, float]:
    """For how many seconds each run has been under way, by place; none of those that are hidden."""
    if state.hidden:
        return {}
    begun = {run.entry.place: run.job.started_at for run in state.runs if run.job and not run.job.ended}
    return {str(place): round(now - at, 1) for place, at in begun.items() if at is not None}


def _estimate(studio: Studio, run: ModelRun) -> float | None:
    known = run.entry.model in MODELS
    return studio.estimate(run.entry.model, run.entry.settings) if known else None


def _name(model: str) -> str:
    return MODELS[model].name if model in MODELS else model


def _refused(run: ModelRun, language: str) -> dict[str, Any]:
    error = _error(run.entry.error, language)
    return {"model": run.entry.model, "model_name": _name(run.entry.model), "error": error}


def _hidden(run: ModelRun, state: ComparisonState) -> dict[str, Any]:
    # Who is ready first, and who fails, would tell: all of it is shown at once.
    picture = run.picture if state.ended else None
    address = f"visitor/comparisons/{state.comparison.id}/pictures/{run.entry.place}"
    return {
        "place": run.entry.place,
        "status": "running" if not state.ended else "succeeded" if picture else "failed",
        "frame": sides_of(state.comparison.wishes.get("aspect_ratio", "1:1")),
        "picture": {"url": address} if picture else None,
    }


def _open(run: ModelRun, language: str) -> dict[str, Any]:
    entry, job = run.entry, run.job
    assert job is not None
    known, began = PROVIDERS.get(job.provider), job.started_at
    return {
        "place": entry.place,
        "status": job.status,
        "stage": _stage(run.progress, language) if not job.ended else None,
        "job_id": job.id,
        "model": entry.model,
        "model_name": _name(entry.model),
        "provider_name": known.title if known else job.provider,
        "served_by": job.served_by,
        "settings": entry.settings,
        "frame": _frame(run),
        "picture": _picture(run.picture) if run.picture else None,
        "seconds": round(job.finished_at - began, 1) if job.finished_at and began else None,
        "cost": {
            "estimated_usd": job.estimated_usd,
            "reported_usd": job.reported_usd,
            "charged": job.charged,
        },
        "demo": job.demo,
        "error": _error(job.error, language, demo=job.demo),
    }


def _error(error: Failure | None, language: str, *, demo: bool = False) -> dict[str, Any] | None:
    """The error as the contract has it, but that its message always says whether money was taken."""
    if error is None:
        return None
    told = error.as_dict(language)
    money = None if demo else error.money()
    return told | {"message": f"{told['message']} {render(money, language)}"} if money else told


def _stage(progress: Progress | None, language: str) -> dict[str, Any]:
    if progress is None:
        return {"name": "queued", "ahead": None, "fraction": None, "note": ""}
    return {
        "name": progress.stage,
        "ahead": progress.ahead,
        "fraction": progress.fraction,
        "note": render(progress.note.gist, language) if progress.note else "",
    }


def _frame(run: ModelRun) -> tuple[int, int]:
    """The picture's shape or, before it is there, the one expected."""
    if run.picture and run.picture.width:
        return run.picture.width, run.picture.height
    spec, ratio = MODELS.get(run.entry.model), run.entry.settings.get("aspect_ratio")
    return (spec.size(run.entry.settings) if spec else None) or sides_of(ratio or "1:1")


def _picture(file: StoredFile) -> dict[str, Any]:
    # A drawing may hold anything: it is shown as pixels.
    return {
        "id": file.id,
        "url": f"visitor/files/{file.id}{'/preview' if file.mime_type == SVG else ''}",
        "mimeType": file.mime_type,
        "width": file.width,
        "height": file.height,
        "bytes": file.bytes,
    }


def ranking_view(ranking: Ranking) -> dict[str, Any]:
    """The ranking, the best first."""
    return {
        "votes": ranking.votes,
        "demo": ranking.demo,
        "ranks": [
            {
                "model": line.model,
                "model_name": _name(line.model),
                "rating": round(line.rating, 1),
                "low": round(line.low, 1),
                "high": round(line.high, 1),
                "wins": line.wins,
                "losses": line.losses,
                "ties": line.ties,
                "votes": ranking.votes_of[line.model],
                "average_usd": line.usual.usd,
                "average_seconds": line.usual.seconds,
            }
            for line in ranking.ranks
        ],
    }
