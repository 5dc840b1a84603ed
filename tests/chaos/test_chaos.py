"""kill -9, again and again: what was ordered is bought once, kept whole, and told truly."""

import random
from collections.abc import Callable

import pytest

from imagestudio.core.checkpoints import Checkpoint
from tests.chaos.conftest import Posters, Providers, Studio
from tests.chaos.endings import check

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

JOBS = 120
RANDOM_KILLS = 3

SURVIVED = {
    Checkpoint.WROTE_INTENT: "uncertain",
    Checkpoint.SENT_SUBMIT: "uncertain",
    Checkpoint.KEPT_TICKET: "succeeded",
    Checkpoint.POLLED_DONE: "succeeded",
    Checkpoint.KEPT_RESULT: "succeeded",
}
"""How a job of one call ends whose step killed, whatever happens later. A kill before these decides nothing:
the job is queued. While a picture comes in, it hangs on the provider: without a ticket the submit goes on."""

Deaths = list[tuple[Checkpoint, int] | int]


def kill_again_and_again(studio: Studio, posters: Posters, deaths: Deaths) -> dict[Checkpoint, str]:
    """A process a death: at the n-th time of a step, or after so many steps of any kind. Each gets its share
    of the jobs, the last one what is left. Returns what took each step that killed."""
    share = JOBS // (len(deaths) + 1)
    killers: dict[Checkpoint, str] = {}
    for position, death in enumerate(deaths):
        studio.start(None if isinstance(death, int) else death)
        posters.post(range(position * share, (position + 1) * share))
        if isinstance(death, int):
            studio.wait_for_steps(death)
            studio.kill()
        else:
            studio.wait_for_death()
            step, killers[death[0]] = studio.steps()[-1]
            assert step is death[0]
    studio.start()
    posters.post(range(len(deaths) * share, JOBS))
    return killers


def test_killed_at_every_step_and_anywhere(
    providers_at: Callable[..., Providers],
    studio_of: Callable[[Providers], Studio],
    posters_of: Callable[[Studio], Posters],
) -> None:
    dice = random.Random(1)
    studio = studio_of(providers_at(speed=0.1))
    deaths: Deaths = [(step, dice.randint(1, 3)) for step in Checkpoint]
    deaths += [dice.randint(10, 60) for _ in range(RANDOM_KILLS)]
    dice.shuffle(deaths)
    posters = posters_of(studio)
    killers = kill_again_and_again(studio, posters, deaths)
    ids = posters.ids()
    ends = check(studio, ids)
    assert ends["succeeded"] >= JOBS * 2 // 3
    assert set(ends) == {"succeeded", "uncertain"}
    assert set(killers) == set(Checkpoint)
    for step, end in SURVIVED.items():
        job = studio.job(killers[step])
        assert job["status"] == end or len(job["sent"]) > 1, step


def test_killed_while_the_network_and_the_clock_go_wrong(
    providers_at: Callable[..., Providers],
    studio_of: Callable[[Providers], Studio],
    posters_of: Callable[[Studio], Posters],
) -> None:
    seed = 3
    dice = random.Random(seed)
    studio = studio_of(providers_at(0.1, seed))
    studio.clock_seed = seed
    deaths: Deaths = [dice.randint(50, 150) for _ in range(RANDOM_KILLS)]
    posters = posters_of(studio)
    kill_again_and_again(studio, posters, deaths)
    ids = posters.ids()
    ends = check(studio, ids)
    assert ends["succeeded"] >= JOBS * 2 // 3
