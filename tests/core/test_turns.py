"""Turns at a shared place, held against what is promised of them, however visitors come and go."""

import asyncio
import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagestudio.core.errors import ModelUnavailable
from imagestudio.core.turns import Asker, SharedThreads, Turns

ANN, BOB = Asker("ann", "a"), Asker("bob", "b")


async def settle() -> None:
    """Let everybody do what they can do now."""
    for _ in range(5):
        await asyncio.sleep(0)


@dataclass(eq=False)
class Visit:
    """Somebody who waits, has a turn, and is done when told."""

    asker: Asker
    done: asyncio.Event = field(default_factory=asyncio.Event)
    has_turn: bool = False


class Place:
    """A place, who waits there and has a turn, and since when each party waits for its next."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.turns = Turns(places)
        self.visits: dict[Visit, asyncio.Task[None]] = {}
        self.unfair: list[tuple[Asker, Asker | None]] = []
        """Who had a turn, and whose it was."""
        self._moment = 0
        self._since: dict[str, int] = {}

    def ask(self, asker: Asker) -> Visit:
        visit = Visit(asker)
        if asker.party not in {other.asker.party for other in self.waiting()}:
            self._since[asker.party] = self._next_moment()
        self.visits[visit] = asyncio.create_task(self._stay(visit))
        return visit

    async def _stay(self, visit: Visit) -> None:
        try:
            async with self.turns.turn(visit.asker):
                self._check_turn(visit)
                visit.has_turn = True
                await visit.done.wait()
        finally:
            del self.visits[visit]

    def inside(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.has_turn]

    def waiting(self) -> list[Visit]:
        return [visit for visit in self.visits if not visit.has_turn]

    def _next_moment(self) -> int:
        self._moment += 1
        return self._moment

    def has_part(self, network: str) -> bool:
        """Whether a network of guests has all places that one may have."""
        taken = sum(visit.asker.network == network for visit in self.inside())
        return bool(network) and taken >= max(1, self.places * 3 // 4)

    def _check_turn(self, visit: Visit) -> None:
        able = [other.asker for other in self.waiting() if not self.has_part(other.asker.network)]
        first = min(able, key=lambda asker: (not asker.paid, self._since[asker.party]), default=None)
        is_first = first and (first.paid, first.party) == (visit.asker.paid, visit.asker.party)
        if len(self.inside()) == self.places or not is_first:
            self.unfair.append((visit.asker, first))
        self._since[visit.asker.party] = self._next_moment()

    def check_no_place_is_idle(self) -> None:
        able = [visit for visit in self.waiting() if not self.has_part(visit.asker.network)]
        assert not able or len(self.inside()) == self.places


ASKERS = st.builds(
    Asker,
    st.sampled_from(["ann", "bob"]),
    st.sampled_from(["", "a", "b"]),
    paid=st.integers(0, 3).map(lambda one: one == 0),
)
LEAVING = st.tuples(st.sampled_from(["leave", "leave", "cancel"]), st.integers(0, 9))
STEPS = st.lists(ASKERS | LEAVING, min_size=20, max_size=60)


@settings(max_examples=50, deadline=None)
@given(places=st.integers(1, 3), steps=STEPS)
def test_each_turn_goes_to_the_network_that_waits_longest(places: int, steps: list[object]) -> None:
    async def run() -> None:
        place = Place(places)
        for step in steps:
            match step:
                case Asker():
                    place.ask(step)
                case ("leave", int(which)) if inside := place.inside():
                    inside[which % len(inside)].done.set()
                case ("cancel", int(which)) if place.visits:
                    list(place.visits.values())[which % len(place.visits)].cancel()
            await settle()
            place.check_no_place_is_idle()
            assert not place.unfair
        for _ in range(len(place.visits)):
            for visit in place.inside():
                visit.done.set()
            await settle()
        assert not place.visits, "somebody never had a turn"
        assert place.turns.waiting == 0

    asyncio.run(run())


async def test_within_a_network_owners_take_turns_and_each_goes_in_order() -> None:
    turns, order = Turns(1), []

    async def stay(owner: str, number: int) -> None:
        async with turns.turn(Asker(owner, "a")):
            order.append((owner, number))

    async with turns.turn(BOB):
        asked = [("ann", 1), ("ann", 2), ("ann", 3), ("cid", 1), ("cid", 2)]
        stays = [asyncio.create_task(stay(*one)) for one in asked]
        await settle()
    await asyncio.gather(*stays)
    assert order == [("ann", 1), ("cid", 1), ("ann", 2), ("cid", 2), ("ann", 3)]


async def test_neighbouring_networks_take_their_turn_together() -> None:
    turns, order = Turns(1), []
    near = "0123456789abcdef"
    ann, ben, cid = Asker("ann", near + "a"), Asker("ben", near + "b"), Asker("cid", "c")

    async def stay(asker: Asker) -> None:
        async with turns.turn(asker):
            order.append(asker.owner)

    async with turns.turn(BOB):
        stays = [asyncio.create_task(stay(asker)) for asker in (ann, ann, ben, cid)]
        await settle()
    await asyncio.gather(*stays)
    assert order == ["ann", "cid", "ben", "ann"]


async def test_a_wait_has_an_end_and_leaves_nothing_behind() -> None:
    turns = Turns(1)
    async with turns.turn(ANN, 0):
        with pytest.raises(ModelUnavailable) as refused:
            async with turns.turn(BOB, 0):
                raise AssertionError("it had the same place")
    assert (refused.value.text.id, refused.value.status) == ("turns.busy", 503)
    assert refused.value.details == {"reason": "busy", "retryAfter": 5, "charged": "no"}
    assert turns.waiting == 0
    async with turns.turn(BOB, 0):
        pass


async def test_a_turn_that_comes_while_its_asker_leaves_goes_to_the_next() -> None:
    place = Place(1)
    first, leaving, last = place.ask(ANN), place.ask(BOB), place.ask(Asker("cid", "c"))
    await settle()
    first.done.set()
    while first in place.visits:
        await asyncio.sleep(0)
    place.visits[leaving].cancel()
    await settle()
    assert last.has_turn


async def test_who_is_leaving_has_no_turn_and_troubles_nobody_who_ends_one() -> None:
    place = Place(1)
    first, leaving, last = place.ask(ANN), place.ask(BOB), place.ask(Asker("cid", "c"))
    await settle()
    turn = place.visits[first]
    first.done.set()
    place.visits[leaving].cancel()
    await settle()
    assert turn.done()
    assert turn.exception() is None
    assert last.has_turn


async def test_a_thread_is_held_until_its_work_ends_whoever_waits_for_it() -> None:
    threads, go_on = SharedThreads(1, "test", room=8), threading.Event()
    given_up = asyncio.create_task(threads.run(ANN, lambda: go_on.wait(60)))
    await settle()
    given_up.cancel()
    await settle()
    with pytest.raises(ModelUnavailable):
        await threads.run(BOB, lambda: True, 0)
    go_on.set()
    assert await threads.run(BOB, lambda: True)
    threads.close()


async def test_one_network_fills_a_quarter_of_the_room() -> None:
    turns = Turns(1, room=8)
    async with turns.turn(BOB):
        waiting = [asyncio.create_task(_pass(turns, Asker(f"ann{n}", "a"))) for n in range(2)]
        await settle()
        with pytest.raises(ModelUnavailable):
            await _pass(turns, ANN)
        waiting += [asyncio.create_task(_pass(turns, Asker("holder"))) for _ in range(6)]
        await settle()
        assert turns.waiting == 8
        waiting.append(asyncio.create_task(_pass(turns, Asker("ann", "a", paid=True))))
        await settle()
        with pytest.raises(ModelUnavailable):
            await _pass(turns, Asker("cid", "c"))
    await asyncio.gather(*waiting)


async def _pass(turns: Turns, asker: Asker) -> None:
    async with turns.turn(asker):
        pass
