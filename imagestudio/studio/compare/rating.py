"""A person's own ranking of models, out of their votes between pictures: Bradley and Terry's model.

One model's picture is preferred to another's with the odds exp(a - b) of their strengths (Bradley and Terry
1952). Where several were shown, the chosen one beat each other; the others are not compared. A tie is half a
win each way. Before any vote, strengths are taken to lie around their average by a normal law of width
`PRIOR`: so few votes give finite numbers, and many drown it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, TypeAlias

from imagestudio.core.csv_text import csv_text

PRIOR = 2.0
"""In units of log-odds: a model one width above another wins 88 of 100."""
AVERAGE, POINTS = 1000.0, 400 / log(10)
"""The scale of chess ratings: 400 points are odds of ten to one."""
NORMAL_95 = 1.959964
"""Standard deviations either side that hold 95 % of a normal law."""

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Vote:
    """One look at several pictures."""

    shown: tuple[str, ...]
    """The models, by id."""
    chosen: str | None
    """The one preferred; None where none was better."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What a model usually takes; None where that is unknown."""

    usd: float | None = None
    """Average price of a picture."""
    seconds: float | None = None
    """Average time of a run."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A model's line in the ranking."""

    model: str
    rating: float
    """Points; 1000 is the average of the models compared."""
    low: float
    high: float
    """95 % interval of the rating."""
    wins: int
    losses: int
    ties: int
    usual: Usual


def rank(votes: Iterable[Vote], usual: Mapping[str, Usual]) -> tuple[Rank, ...]:
    """The models that were voted on, the best first. The order of votes does not matter.

    Intervals come from the curvature of the likelihood at its top (the inverse Hessian), of each rating
    against the average. They take every comparison for independent: votes between more than two make them a
    bit narrow.
    """
    wins, ties = _counts(votes)
    models = sorted({model for pair in (*wins, *ties) for model in pair})
    won, tied = (_matrix(models, counts) for counts in (wins, ties))
    strengths, spread = _fit(won + tied / 2)
    lines = [
        Rank(
            model=model,
            # Nine places: so models that are even are so to the last digit, however the sums were rounded.
            rating=round(AVERAGE + POINTS * float(strength), 9),
            low=AVERAGE + POINTS * float(strength - NORMAL_95 * width),
            high=AVERAGE + POINTS * float(strength + NORMAL_95 * width),
            wins=int(won[place].sum()),
            losses=int(won[:, place].sum()),
            ties=int(tied[place].sum()),
            usual=usual.get(model, Usual()),
        )
        for place, (model, strength, width) in enumerate(zip(models, strengths, spread, strict=True))
    ]
    return tuple(sorted(lines, key=lambda line: (-line.rating, line.model)))


def to_csv(ranks: Iterable[Rank]) -> str:
    """The ranking as CSV, one line a model."""
    header = (
        "rank",
        "model",
        "rating",
        "low",
        "high",
        "wins",
        "losses",
        "ties",
        "average_usd",
        "average_seconds",
    )
    rows = (
        (
            place,
            line.model,
            *(round(points) for points in (line.rating, line.low, line.high)),
            line.wins,
            line.losses,
            line.ties,
            None if line.usual.usd is None else f"{line.usual.usd:.4f}",
            None if line.usual.seconds is None else f"{line.usual.seconds:.1f}",
        )
        for place, line in enumerate(ranks, 1)
    )
    return csv_text(header, rows)


Pairs = dict[tuple[str, str], int]


def _counts(votes: Iterable[Vote]) -> tuple[Pairs, Pairs]:
    """How often the first of a pair beat the second, and how often the two were even (both ways round)."""
    wins: Pairs = {}
    ties: Pairs = {}
    for vote in votes:
        shown = sorted(set(vote.shown))
        if vote.chosen is None:
            pairs, counts = [(one, other) for one in shown for other in shown if one != other], ties
        else:
            pairs, counts = [(vote.chosen, other) for other in shown if other != vote.chosen], wins
        for pair in pairs:
            counts[pair] = counts.get(pair, 0) + 1
    return wins, ties


def _matrix(models: list[str], counts: Pairs) -> "Vector":
    import numpy as np  # where it is needed: a start does without

    places = {model: place for place, model in enumerate(models)}
    matrix = np.zeros((len(models), len(models)))
    for (winner, loser), count in counts.items():
        matrix[places[winner], places[loser]] = count
    return matrix


def _fit(beat: "Vector") -> "tuple[Vector, Vector]":
    """Strengths that make the votes likeliest, around 0, and their standard deviations. Newton's method: the
    penalized likelihood has one top, and few models make each step a moment."""
    import numpy as np

    strengths = np.zeros(len(beat))
    for _ in range(100):
        slope, curve = _derivatives(beat, strengths)
        step = np.linalg.solve(curve, slope)
        strengths = strengths + step / max(1.0, np.abs(step).max(initial=0.0))  # at most one at a time
        if np.abs(step).max(initial=0.0) < 1e-10:
            break
    centred = np.eye(len(beat)) - 1 / max(1, len(beat))
    covariance = centred @ np.linalg.inv(_derivatives(beat, strengths)[1]) @ centred
    return strengths, np.sqrt(np.diag(covariance))


def _derivatives(beat: "Vector", strengths: "Vector") -> "tuple[Vector, Vector]":
    """The slope of the log of likelihood and prior, and the negative of its Hessian."""
    import numpy as np

    chances = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
    met = beat + beat.T
    slope = (beat - met * chances).sum(axis=1) - strengths / PRIOR**2
    weights = met * chances * (1 - chances)
    return slope, np.diag(weights.sum(axis=1) + 1 / PRIOR**2) - weights
