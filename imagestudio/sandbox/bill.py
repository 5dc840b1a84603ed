"""The accepted tasks that cost money."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Charge:
    """One accepted paid task."""

    time: float
    """Seconds, by the sandbox's clock."""
    provider: str
    model: str
    task: str
    usd: float | None
    """None where no source tells the price."""


class Bill:
    """The latest charges, oldest first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._charges: deque[Charge] = deque(maxlen=KEPT)

    def add(self, provider: str, model: str, task: str, usd: float | None) -> Charge:
        charge = Charge(self._clock(), provider, model, task, usd)
        self._charges.append(charge)
        return charge

    def cancel(self, task: str) -> None:
        """Takes back what a task was to cost."""
        kept = [charge for charge in self._charges if charge.task != task]
        self._charges = deque(kept, maxlen=KEPT)

    def spent(self, provider: str) -> float:
        """USD, of the charges whose price is known."""
        return sum(charge.usd or 0.0 for charge in self._charges if charge.provider == provider)

    def __iter__(self) -> Iterator[Charge]:
        return iter(self._charges)

    def __len__(self) -> int:
        return len(self._charges)

    def __getitem__(self, index: int) -> Charge:
        return self._charges[index]

    def clear(self) -> None:
        self._charges.clear()
