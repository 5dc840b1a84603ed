"""Fewer looks, and sooner noticed: the schedule against simulated models."""

import random
from statistics import mean

import pytest

from imagestudio.store.database import Database
from imagestudio.store.durations import LEAST_S, MOST_S, Durations, DurationStore
from tests.tables import rows


def learnt(median: float, deviation: float, count: int = 40) -> Durations:
    known, chance = Durations(), random.Random(1)
    for _ in range(count):
        known = known.with_duration(median * chance.lognormvariate(0, deviation))
    return known


def look(known: Durations, ends: float) -> tuple[int, float]:
    """Looks until the end is noticed, and how late that is."""
    now, looks = 0.0, 0
    while True:
        now += known.next_look(now)
        looks += 1
        if now >= ends:
            return looks, now - ends


@rows(
    ("median", "deviation", "most_looks", "most_lag"),
    [(2.0, 0.02, 6, 0.04), (2.0, 0.1, 6, 0.04), (10.0, 0.02, 15, 0.015), (10.0, 0.1, 15, 0.015)],
)
def test_a_known_model_is_noticed_in_time_with_few_looks(
    median: float, deviation: float, most_looks: int, most_lag: float
) -> None:
    known, chance = learnt(median, deviation), random.Random(2)
    runs = [look(known, median * chance.lognormvariate(0, deviation)) for _ in range(2000)]
    assert mean(looks for looks, _ in runs) <= most_looks
    assert mean(lag for _, lag in runs) / median <= most_lag


def test_an_unknown_model_is_looked_at_after_a_share_of_the_time_waited() -> None:
    known = learnt(60, 0.1, count=7)
    assert known.usual_s is None
    assert known.next_look(0) == LEAST_S
    assert known.next_look(10) == pytest.approx(0.8)
    assert known.next_look(1000) == MOST_S


def test_a_task_that_outlives_all_expectation_is_still_looked_at() -> None:
    known = learnt(2, 0.05)
    assert LEAST_S <= known.next_look(500) <= MOST_S


def test_a_model_that_became_faster_is_learnt_again() -> None:
    known = learnt(20, 0.1, count=1000)
    for _ in range(1500):
        known = known.with_duration(5)
    assert known.usual_s == pytest.approx(5, rel=0.05)
    assert look(known, 5)[1] / 5 < 0.2


async def test_durations_are_learnt_for_the_next_start(database: Database) -> None:
    first = DurationStore(database)
    await first.open()
    for _ in range(8):
        first.learn("flux-2-pro", 2.0)
    await first.save()
    await first.save()
    second = DurationStore(database)
    await second.open()
    assert second.of("flux-2-pro").usual_s == pytest.approx(2.0)
    assert second.of("sd-3.5").usual_s is None
