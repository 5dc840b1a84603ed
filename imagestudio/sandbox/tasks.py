"""The simulated queue: an accepted task takes its time by the clock while its pictures are drawn."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from imagestudio.sandbox.drawing import CONTENT_TYPES, Wish
from imagestudio.sandbox.files import Picture, Shelf

T = TypeVar("T")

KEPT_S = 3600.0
KEPT_TASKS = 5000
TICK_S = 0.05
BUSY = 0.99


@dataclass(frozen=True, slots=True)
class Pace:
    """The time and how it is spent: `speed` 1 is normal, 2 takes twice as long, 0 takes no time at all."""

    clock: Callable[[], float]
    speed: float

    async def spend(self, seconds: float) -> None:
        end = self.clock() + seconds * self.speed
        while True:
            left = end - self.clock()
            if left <= 0:
                return
            # In small steps, because the clock need not be the loop's.
            await asyncio.sleep(min(left, TICK_S))


@dataclass(eq=False, slots=True)
class Task(Generic[T]):
    """One accepted run; `about` is what its provider wants to remember of it."""

    id: str
    about: T
    words: frozenset[str]
    accepted_at: float
    duration_s: float
    drawing: "asyncio.Task[list[Picture]]"
    looked_at: int = field(default=0)

    @property
    def ends_at(self) -> float:
        return self.accepted_at + self.duration_s


class Easel:
    """Draws in threads, two pictures at a time, so that a burst of tasks does not take the machine."""

    def __init__(self, paint: Callable[[Wish], bytes]) -> None:
        self._paint = paint
        self._room = asyncio.Semaphore(2)

    async def paint(self, wish: Wish) -> bytes:
        async with self._room:
            return await asyncio.to_thread(self._paint, wish)


class Queue(Generic[T]):
    """The tasks of one provider, kept for an hour after their end."""

    def __init__(self, pace: Pace, easel: Easel, shelf: Shelf) -> None:
        self._pace, self._easel, self._shelf = pace, easel, shelf
        self._tasks: OrderedDict[str, Task[T]] = OrderedDict()

    def accept(
        self, id: str, about: T, words: frozenset[str], seconds: float, wishes: Sequence[Wish]
    ) -> Task[T]:
        """Starts a run of `seconds` at speed 1 that makes a picture of each wish."""
        self._forget()
        drawing = asyncio.create_task(self._draw(list(wishes), words))
        task = Task(id, about, words, self._pace.clock(), seconds * self._pace.speed, drawing)
        self._tasks[id] = task
        return task

    def find(self, id: str) -> Task[T] | None:
        return self._tasks.get(id)

    def running(self) -> list[Task[T]]:
        now = self._pace.clock()
        return [task for task in self._tasks.values() if now < task.ends_at or not task.drawing.done()]

    async def progress(self, task: Task[T]) -> float:
        """0 to 1; 1 only when the time is over and the pictures are there."""
        if self._pace.speed == 0:
            await asyncio.wait([task.drawing])
        if task.drawing.done() and self._pace.clock() >= task.ends_at:
            return 1.0
        elapsed = self._pace.clock() - task.accepted_at
        return BUSY if elapsed >= task.duration_s else min(BUSY, elapsed / task.duration_s)

    def pictures(self, task: Task[T]) -> list[Picture]:
        """What a finished task made, each under an address that works."""
        pictures = task.drawing.result()
        for picture in pictures:
            self._shelf.renew(picture)
        return pictures

    async def _draw(self, wishes: list[Wish], words: frozenset[str]) -> list[Picture]:
        drawn = await asyncio.gather(*[self._easel.paint(wish) for wish in wishes])
        return [
            self._shelf.put(data, CONTENT_TYPES[wish.format], words)
            for data, wish in zip(drawn, wishes, strict=True)
        ]

    def _forget(self) -> None:
        now = self._pace.clock()
        while self._tasks:
            oldest = next(iter(self._tasks.values()))
            if len(self._tasks) < KEPT_TASKS and now < oldest.ends_at + KEPT_S:
                return
            del self._tasks[oldest.id]
            if not oldest.drawing.done():
                oldest.drawing.cancel()
                continue
            for picture in oldest.drawing.result():
                self._shelf.drop(picture)
