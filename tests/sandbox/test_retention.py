"""Nothing grows for ever."""

import asyncio
import threading
from contextlib import suppress

from imagestudio.sandbox.drawing import Wish
from imagestudio.sandbox.files import Shelf
from imagestudio.sandbox.tasks import Easel, Pace, Queue
from tests.tables import rows

WISH = Wish("a", 64, 64, 0, "png")


async def test_tasks_and_their_files_go_an_hour_after_their_end(clock):
    shelf = Shelf(clock, 600)
    queue = Queue(Pace(clock, 0), Easel(lambda wish: b"data"), shelf)
    old = queue.accept("old", None, frozenset(), 1, [WISH])
    await asyncio.wait([old.drawing])
    [picture] = queue.pictures(old)
    clock.now += 3599
    queue.accept("new", None, frozenset(), 1, [])
    assert queue.find("old") is old
    clock.now += 1
    queue.accept("newer", None, frozenset(), 1, [])
    assert queue.find("old") is None
    assert picture.data is None
    assert queue.find("new") is not None


def test_the_least_recently_used_files_make_room(clock):
    shelf = Shelf(clock, 600, budget=25)
    first, second = (shelf.put(b"0123456789", "image/png", frozenset()) for _ in range(2))
    assert shelf.fetch(first.token) is first
    third = shelf.put(b"0123456789", "image/png", frozenset())
    assert [shelf.fetch(p.token) for p in (first, second, third)] == [first, None, third]
    assert second.data is None


def test_an_address_can_be_renewed_as_long_as_there_is_a_file(clock):
    shelf = Shelf(clock, 600, budget=15)
    picture = shelf.put(b"0123456789", "image/png", frozenset())
    old = picture.token
    clock.now += 600
    shelf.renew(picture)
    assert shelf.fetch(old) is None
    assert shelf.fetch(picture.token) is picture
    shelf.put(b"0123456789", "image/png", frozenset())
    clock.now += 600
    shelf.renew(picture)
    assert shelf.fetch(picture.token) is None


@rows(("together", "met"), [(2, True), (3, False)])
async def test_two_pictures_are_drawn_at_a_time(together, met):
    barrier = threading.Barrier(together)

    def paint(wish: Wish) -> bytes:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=30 if met else 0.2)
            return b"met"
        return b"alone"

    easel = Easel(paint)
    drawn = await asyncio.gather(*[easel.paint(WISH) for _ in range(together)])
    assert set(drawn) == {b"met" if met else b"alone"}
