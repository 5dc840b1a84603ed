"""Comparisons of models, and the visitor's own ranking of them."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from imagestudio.access.rate_limit import RateLimiter
from imagestudio.api.bodies import read_object
from imagestudio.api.errors import language_of
from imagestudio.api.headers import idempotency_key
from imagestudio.api.origin import origin_of
from imagestudio.api.page.comparison_views import (
    comparison_view,
    elapsed,
    line_view,
    listed_view,
    ranking_view,
    total_view,
)
from imagestudio.api.page.guard import PRIVATE, page_router, visiting
from imagestudio.api.responses import success
from imagestudio.core.errors import InvalidParameter, NotFound
from imagestudio.core.messages import Message
from imagestudio.media.export.conversion import Conversion
from imagestudio.store.comparisons import Comparison, Verdict
from imagestudio.studio.compare.leaderboard import Ranking, ranking_of
from imagestudio.studio.compare.rating import to_csv
from imagestudio.studio.compare.service import Comparisons, total, wish_of, wishes_of
from imagestudio.studio.compare.state import Standing, changed, standing_of
from imagestudio.studio.host import Host

SHOWN = 20
LONGEST_WAIT_S = 25
BLIND = Conversion("webp", 1024, 90)
"""Each blind picture alike: in one format, no larger than nearly every model makes it, without metadata."""
HOUR = "private, max-age=3600"

router = page_router("/visitor/comparisons")


@router.get("")
async def read_page(request: Request) -> Response:
    """The latest comparisons, newest first."""
    found = await _comparisons(request).page(SHOWN)
    return success({"comparisons": [listed_view(one) for one in found]}, headers=PRIVATE)


@router.post("")
async def begin(request: Request) -> Response:
    """Run the body's `prompt` with its `models`. The same Idempotency-Key never pays twice. With `dry_run`
    it is only told what each model that generates would do with the wishes, and what it costs."""
    fields = await read_object(request)
    comparisons = _comparisons(request)
    if fields.pop("dry_run", False) is True:
        return success(_forecast(comparisons, fields, language_of(request.scope)), headers=PRIVATE)
    wish = wish_of(fields)
    begun = await comparisons.begin(wish, idempotency_key(request.headers), origin_of(request))
    return await _told(request, comparisons, begun)


@router.get("/ranking")
async def read_ranking(request: Request) -> Response:
    """The visitor's own ranking, out of their votes."""
    return success(ranking_view(await _ranking(request)), headers=PRIVATE)


@router.get("/ranking.csv")
async def download_ranking(request: Request) -> Response:
    """The ranking as a table to keep."""
    text = to_csv((await _ranking(request)).ranks)
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="image-studio-ranking.csv"'}
    return Response(text, media_type="text/csv", headers=headers)


@router.get("/{comparison_id}")
async def read_one(request: Request, comparison_id: str) -> Response:
    """A comparison as it stands. With `wait` in seconds and the `version` that is known, it is answered when
    there is another, or when the time is over."""
    studio, query, language = visiting(request), request.query_params, language_of(request.scope)
    comparison = await _find(request, comparison_id)
    known, wait_s = query.get("version"), _wait(query.get("wait", "0"))
    standing = await changed(
        studio,
        comparison,
        wait_s,
        lambda now: wait_s > 0 and comparison_view(studio, now, language)["version"] == known,
    )
    return _answer(request, _comparisons(request), standing)


@router.post("/{comparison_id}/run")
async def go_on(request: Request, comparison_id: str) -> Response:
    """Start those that are not started: refused before, or cut off by a restart."""
    comparisons = _comparisons(request)
    comparison = await comparisons.find(comparison_id)
    return await _told(request, comparisons, await comparisons.go_on(comparison, origin_of(request)))


@router.post("/{comparison_id}/stop")
async def stop(request: Request, comparison_id: str) -> Response:
    """Cancel what still runs."""
    comparisons = _comparisons(request)
    comparison = await comparisons.find(comparison_id)
    await comparisons.stop(comparison)
    return await _told(request, comparisons, comparison)


@router.put("/{comparison_id}/vote")
async def vote(request: Request, comparison_id: str) -> Response:
    """Prefer the body's `winner`, by its place, or none of them with null; a later vote replaces it."""
    body = await read_object(request)
    winner = body.get("winner")
    if set(body) != {"winner"} or not (winner is None or type(winner) is int):
        raise InvalidParameter(Message("compare.winner_missing"), field="winner")
    comparisons = _comparisons(request)
    comparison = await comparisons.find(comparison_id)
    standing = await standing_of(comparisons.studio, comparison)
    if not standing.ended:
        raise InvalidParameter(Message("compare.too_early"), field="winner")
    verdict = Verdict(winner, standing.shown)
    return await _told(request, comparisons, await comparisons.vote(comparison, verdict))


@router.get("/{comparison_id}/pictures/{place}")
async def read_picture(request: Request, comparison_id: str, place: str) -> Response:
    """A picture by its place, once all are there, and so made that it does not tell its model."""
    studio = visiting(request)
    standing = await standing_of(studio, await _find(request, comparison_id))
    run = next((one for one in standing.runs if str(one.entry.place) == place), None)
    if not standing.ended or run is None or run.job is None or run.picture is None:
        raise NotFound(Message("compare.no_picture"))
    taken = await studio.export(run.job, run.picture, BLIND, None)
    assert isinstance(taken.source, bytes)
    return Response(taken.source, media_type=taken.mime_type, headers={"Cache-Control": HOUR})


def _comparisons(request: Request) -> Comparisons:
    studio = visiting(request)
    rates: RateLimiter = request.app.state.rates

    def count() -> None:
        allowance = rates.take(studio.visitor, request.client.host if request.client else None)
        if allowance and allowance.refused:
            raise allowance.refusal()

    host: Host = request.app.state.host
    return host.comparisons(studio, count)


async def _ranking(request: Request) -> Ranking:
    comparisons = _comparisons(request)
    return await ranking_of(comparisons.studio, comparisons.store)


async def _find(request: Request, comparison_id: str) -> Comparison:
    return await _comparisons(request).find(comparison_id)


def _forecast(comparisons: Comparisons, fields: dict[str, Any], language: str) -> dict[str, Any]:
    wishes = wishes_of(fields)
    lines = comparisons.forecast(wishes)
    chosen = fields.get("models")
    chosen = chosen if isinstance(chosen, list) else []
    sums = total(line.estimate_usd for line in lines if line.spec.id in chosen)
    return {
        "dry_run": True,
        "demo": comparisons.studio.demo,
        "models": [line_view(line, language) for line in lines],
        "estimate": total_view(sums),
    }


async def _told(request: Request, comparisons: Comparisons, comparison: Comparison) -> Response:
    return _answer(request, comparisons, await standing_of(comparisons.studio, comparison))


def _answer(request: Request, comparisons: Comparisons, standing: Standing) -> Response:
    seconds = elapsed(standing, comparisons.store.clock())
    view = comparison_view(comparisons.studio, standing, language_of(request.scope))
    return success(view | {"elapsed_s": seconds}, headers=PRIVATE)


def _wait(text: str) -> float:
    if not (text.isdecimal() and text.isascii() and len(text) < 4 and int(text) <= LONGEST_WAIT_S):
        raise InvalidParameter(Message("page.wait", most=LONGEST_WAIT_S), field="wait")
    return int(text)
