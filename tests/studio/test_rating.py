"""Rankings out of votes."""

import csv
import io
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imagestudio.studio.compare.rating import Rank, Usual, Vote, rank, to_csv
from tests.tables import rows

VOTES = st.lists(
    st.lists(st.sampled_from("abcde"), min_size=1, max_size=4, unique=True).flatmap(
        lambda shown: st.builds(Vote, st.just(tuple(shown)), st.none() | st.sampled_from(shown))
    ),
    max_size=30,
)


def simulated(strengths: dict[str, float], count: int, seed: int) -> list[Vote]:
    """Votes as Bradley and Terry's model has them: chosen with odds e to the strength."""
    dice = random.Random(seed)
    votes = []
    for _ in range(count):
        one, other = dice.sample(sorted(strengths), 2)
        odds = 2.718281828 ** (strengths[one] - strengths[other])
        votes.append(Vote((one, other), one if dice.random() < odds / (1 + odds) else other))
    return votes


def width(line: Rank) -> float:
    return line.high - line.low


def test_the_order_of_strengths_comes_out() -> None:
    strengths = {"a": 1.5, "b": 0.5, "c": -0.5, "d": -1.5}
    for seed in range(5):
        lines = rank(simulated(strengths, 600, seed), {})
        assert [line.model for line in lines] == ["a", "b", "c", "d"]


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    strengths = {"a": 0.6, "b": 0.0, "c": -0.6}
    held = [
        line.low <= 1000 + 173.718 * strengths[line.model] <= line.high
        for seed in range(100)
        for line in rank(simulated(strengths, 200, seed), {})
    ]
    assert 0.90 <= sum(held) / len(held) <= 0.99


def test_intervals_shrink_with_votes() -> None:
    strengths = {"a": 0.6, "b": 0.0, "c": -0.6}
    widths = [max(map(width, rank(simulated(strengths, count, 1), {}))) for count in (10, 100, 1000)]
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


@given(VOTES, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_votes_does_not_matter(votes: list[Vote], dice: random.Random) -> None:
    other = [Vote(tuple(dice.sample(vote.shown, len(vote.shown))), vote.chosen) for vote in votes]
    dice.shuffle(other)
    assert rank(other, {}) == rank(votes, {})


EVEN = [*[Vote(("a", "b"), None)] * 3, Vote(("a", "c"), "a"), Vote(("a", "b", "d", "e"), None)]
"""Its d and e differ in the last digit of their sums."""


@given(VOTES)
@example(EVEN)
@settings(max_examples=25, deadline=None)
def test_ratings_are_finite_centred_and_sorted(votes: list[Vote]) -> None:
    lines = rank(votes, {})
    compared = {model for vote in votes if len(vote.shown) > 1 for model in vote.shown}
    assert {line.model for line in lines} == compared
    assert sum(line.rating - 1000 for line in lines) == pytest.approx(0, abs=1e-6)
    assert all(line.low < line.rating < line.high < 10_000 for line in lines)
    assert [line.rating for line in lines] == sorted((line.rating for line in lines), reverse=True)


def test_a_vote_between_several_is_one_win_over_each_other() -> None:
    lines = rank([Vote(("a", "b", "c"), "b")], {})
    assert [(line.model, line.wins, line.losses, line.ties) for line in lines] == [
        ("b", 2, 0, 0),
        ("a", 0, 1, 0),
        ("c", 0, 1, 0),
    ]
    assert lines == rank([Vote(("a", "b"), "b"), Vote(("b", "c"), "b")], {})


def test_ties_bring_models_together_and_narrow_the_interval() -> None:
    tie, win = Vote(("a", "b"), None), Vote(("a", "b"), "a")
    one, other = rank([tie] * 20, {})
    assert (one.rating, other.rating, one.ties, one.wins) == (1000, 1000, 20, 0)
    assert width(one) < width(rank([tie], {})[0])
    assert rank([win], {})[0].rating > rank([win, tie, tie], {})[0].rating > 1000


@rows("votes", [[], [Vote(("a",), "a")], [Vote((), None)], [Vote(("a", "a"), "a")]])
def test_nothing_compared_is_no_ranking(votes: list[Vote]) -> None:
    assert rank(votes, {}) == ()


def test_all_wins_are_far_ahead_but_finite() -> None:
    few, many = (rank([Vote(("a", "b"), "a")] * count, {}) for count in (1, 100_000))
    assert 1000 < few[0].rating < many[0].rating < 4000
    assert few[0].low < 1000 < few[0].high
    assert many[0].low > 1000


def test_models_never_compared_with_each_other_stay_apart_by_the_prior_alone() -> None:
    lines = rank([Vote(("a", "b"), "a")] * 50 + [Vote(("c", "d"), "c")] * 50, {})
    assert [line.model for line in lines] == ["a", "c", "b", "d"]
    assert lines[0].rating == pytest.approx(lines[1].rating)
    linked = rank([Vote((one, other), one) for one, other in ("ab", "cd", "bc", "da", "ac", "bd")] * 17, {})
    assert width(lines[0]) > width(linked[0])


def test_the_csv_is_whole_and_no_formula() -> None:
    votes = [Vote(("=cmd()", "b"), "b")]
    text = to_csv(rank(votes, {"b": Usual(0.0456, 8.25)}))
    assert list(csv.reader(io.StringIO(text))) == [
        [
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
        ],
        ["1", "b", "1129", "805", "1453", "1", "0", "0", "0.0456", "8.2"],
        ["2", "'=cmd()", "871", "547", "1195", "0", "1", "0", "", ""],
    ]
