"""A visitor's votes, as a ranking of the models."""

from collections import Counter
from dataclasses import dataclass

from imagestudio.store.comparisons import Comparison, ComparisonStore
from imagestudio.studio.compare.rating import Rank, Usual, Vote, rank
from imagestudio.studio.service import Studio


@dataclass(frozen=True, slots=True)
class Ranking:
    """The models that were voted on, the best first."""

    ranks: tuple[Rank, ...]
    votes: int
    """Comparisons that were voted on."""
    votes_of: dict[str, int]
    """By model."""
    demo: bool
    """Whether these are the demo's pictures: drawn by the sandbox, they say nothing about the models."""


async def ranking_of(studio: Studio, store: ComparisonStore) -> Ranking:
    """The ranking by a visitor's own votes, the demo's or the live ones as they run now."""
    owner, demo = studio.visitor.owner, studio.demo
    votes = [vote for one in await store.with_verdict(owner, demo) if (vote := _vote(one))]
    costs = await store.costs(owner, demo)
    usual = {cost.model: Usual(cost.usd, cost.seconds) for cost in costs}
    votes_of = Counter(model for vote in votes for model in vote.shown)
    return Ranking(rank(votes, usual), len(votes), dict(votes_of), demo)


def _vote(comparison: Comparison) -> Vote | None:
    verdict = comparison.verdict
    if verdict is None:
        return None
    models = {entry.place: entry.model for entry in comparison.entries}
    chosen = None if verdict.winner is None else models[verdict.winner]
    return Vote(tuple(models[place] for place in verdict.shown), chosen)
