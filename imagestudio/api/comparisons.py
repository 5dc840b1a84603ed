"""Comparisons of models, and the visitor's own ranking of them."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from imagestudio.api.bodies import read_object
from imagestudio.api.comparison_views import (
    comparison_view,
    elapsed,
    line_view,
    listed_view,
    ranking_view,
    total_view,
)
from imagestudio.api.deps import count_run, origin_of, studio_of
from imagestudio.api.params import idempotency_key
from imagestudio.api.query import takes
from imagestudio.api.responses import PRIVATE, GuardedRoute, language_of, private
from imagestudio.core.errors import InvalidParameter, NotFound
from imagestudio.core.messages import Message
from imagestudio.media.export.conversion import Conversion
from imagestudio.store.comparisons import Comparison, Verdict
from imagestudio.studio.compare.rating import to_csv
from imagestudio.studio.compare.service import (
    Comparisons,
    ComparisonState,
    total,
    wish_of,
    wishes_of,
)
from imagestudio.studio.host import Host

SHOWN = 20
LONGEST_WAIT_S = 25
BLIND = Conversion("webp", 1024, 90)
"""Each blind picture alike: in one format, no larger than nearly every model makes it, without metadata."""
HOUR = "private, max-age=3600"

router = APIRouter(route_class=GuardedRoute)


@router.get("/comparisons")
async def read_page(request: Request) -> Response:
    """The latest comparisons, newest first."""
    comparisons = await _comparisons(request).page(SHOWN)
    return private({"comparisons": [listed_view(one) for one in comparisons]})


@router.post("/comparisons")
async def begin(request: Request) -> Response:
    """Run the body's `prompt` with its `models`. The same Idempotency-Key never pays twice. With `dry_run`
    it is only told what each model that generates would do with the wishes, and what it costs."""
    fields = await read_object(request)
    comparisons = _comparisons(request)
    if fields.pop("dry_run", False) is True:
        return private(_forecast(comparisons, fields, language_of(request.scope)))
    wish = wish_of(fields)
    comparison = await comparisons.begin(wish, idempotency_key(request.headers), origin_of(request))
    return await _answer(request, comparisons, comparison)


@router.get("/comparisons/ranking")
async def read_ranking(request: Request) -> Response:
    """The visitor's own ranking, out of their votes."""
    return private(ranking_view(await _comparisons(request).ranking()))


@router.get("/comparisons/ranking.csv")
async def download_ranking(request: Request) -> Response:
    """The ranking as a table to keep."""
    text = to_csv((await _comparisons(request).ranking()).ranks)
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="image-studio-ranking.csv"'}
    return Response(text, media_type="text/csv", headers=headers)


@router.get("/comparisons/{comparison_id}")
@takes("wait", "version")
async def read_one(request: Request, comparison_id: str) -> Response:
    """A comparison as it stands. With `wait` in seconds and the `version` that is known, it is answered when
    there is another, or when the time is over."""
    comparisons, query = _comparisons(request), request.query_params
    studio, language = comparisons.studio, language_of(request.scope)
    comparison = await comparisons.find(comparison_id)
    known, wait_s = query.get("version"), _wait(query.get("wait", "0"))
    state = await comparisons.wait_for_change(
        comparison,
        wait_s,
        lambda now: wait_s > 0 and comparison_view(studio, now, language)["version"] == known,
    )
    return _view(request, comparisons, state)


@router.post("/comparisons/{comparison_id}/run")
async def go_on(request: Request, comparison_id: str) -> Response:
    """Start those that are not started: refused before, or cut off by a restart."""
    comparisons = _comparisons(request)
    comparison = await comparisons.find(comparison_id)
    return await _answer(request, comparisons, await comparisons.go_on(comparison, origin_of(request)))


@router.post("/comparisons/{comparison_id}/stop")
async def stop(request: Request, comparison_id: str) -> Response:
    """Cancel what still runs."""
    comparisons = _comparisons(request)
    comparison = await comparisons.find(comparison_id)
    await comparisons.stop(comparison)
    return await _answer(request, comparisons, comparison)


@router.put("/comparisons/{comparison_id}/vote")
async def vote(request: Request, comparison_id: str) -> Response:
    """Prefer the body's `winner`, by its place, or none of them with null; a later vote replaces it."""
    body = await read_object(request)
    winner = body.get("winner")
    if set(body) != {"winner"} or not (winner is None or type(winner) is int):
        raise InvalidParameter(Message("compare.winner_missing"), field="winner")
    comparisons = _comparisons(request)
    comparison = await comparisons.find(comparison_id)
    state = await comparisons.state(comparison)
    if not state.ended:
        raise InvalidParameter(Message("compare.too_early"), field="winner")
    verdict = Verdict(winner, state.shown)
    return await _answer(request, comparisons, await comparisons.vote(comparison, verdict))


@router.get("/comparisons/{comparison_id}/pictures/{place}")
async def read_picture(request: Request, comparison_id: str, place: str) -> Response:
    """A picture by its place, once all are there, and so made that it does not tell its model."""
    comparisons = _comparisons(request)
    state = await comparisons.state(await comparisons.find(comparison_id))
    run = next((one for one in state.runs if str(one.entry.place) == place), None)
    if not state.ended or run is None or run.job is None or run.picture is None:
        raise NotFound(Message("compare.no_picture"))
    export = await comparisons.studio.export(run.job, run.picture, BLIND, None)
    assert isinstance(export.source, bytes)
    return Response(export.source, media_type=export.mime_type, headers={"Cache-Control": HOUR})


def _comparisons(request: Request) -> Comparisons:
    host: Host = request.app.state.host
    return host.comparisons(studio_of(request), lambda: count_run(request))


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


async def _answer(request: Request, comparisons: Comparisons, comparison: Comparison) -> Response:
    return _view(request, comparisons, await comparisons.state(comparison))


def _view(request: Request, comparisons: Comparisons, state: ComparisonState) -> Response:
    seconds = elapsed(state, comparisons.store.clock())
    view = comparison_view(comparisons.studio, state, language_of(request.scope))
    return private(view | {"elapsed_s": seconds})


def _wait(text: str) -> float:
    if not (text.isdecimal() and text.isascii() and len(text) < 4 and int(text) <= LONGEST_WAIT_S):
        raise InvalidParameter(Message("page.wait", most=LONGEST_WAIT_S), field="wait")
    return int(text)
