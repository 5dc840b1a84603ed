"""How long each model takes, as learnt from the jobs that ended, and from that when to look at a task again:
rarely while it can't be done, often where it most likely is.

How long a model takes is close to log-normal. Once some durations are known, the first look is just
before the earliest likely end, and each further one comes after an equal share of the remaining chance.
"""

from dataclasses import asdict, dataclass
from math import exp, log, sqrt
from statistics import NormalDist

from sqlalchemy import Connection, insert, select, update

from imagestudio.store.database import Database
from imagestudio.store.tables import durations

KNOWN_ENOUGH = 8
"""Durations of a model from which its own schedule is used."""
LEAST_S, MOST_S = 0.1, 2.0
COLD_SHARE = 0.08
"""Before that: the next look after this share of the time waited so far."""
EARLIEST = 2.2
"""Deviations before the mean of the logarithm: 1.4 % of tasks end sooner."""
SHARE = 0.12
"""Chance of the end that each step covers, of what chance is left."""
LEAST_DEVIATION = 0.03
"""Of the logarithm: a model that always takes the same time would else be looked at late for ever."""
MEMORY = 200
"""Durations that count fully; older ones fade, so that a model that became faster is learnt again."""


@dataclass(frozen=True, slots=True)
class Durations:
    """What is known of how long a model takes: count, mean and sum of squared deviations of the logarithm."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def with_duration(self, seconds: float) -> "Durations":
        """With one more duration (Welford's method, the past fading)."""
        value, count, squares = log(max(seconds, 0.001)), self.count + 1, self.squares
        if count > MEMORY:
            squares *= (MEMORY - 1) / count
            count = MEMORY
        delta = value - self.mean
        mean = self.mean + delta / count
        return Durations(count, mean, squares + delta * (value - mean))

    @property
    def usual_s(self) -> float | None:
        """The median, in seconds; None while too little is known."""
        return exp(self.mean) if self.count >= KNOWN_ENOUGH else None

    def next_look(self, waited_s: float) -> float:
        """Seconds until a task that has taken `waited_s` should be looked at again."""
        if self.count < KNOWN_ENOUGH:
            return _bounded(COLD_SHARE * waited_s)
        deviation = max(LEAST_DEVIATION, sqrt(self.squares / (self.count - 1)))
        ends = NormalDist(self.mean, deviation)
        first = exp(self.mean - EARLIEST * deviation)
        if waited_s < first:
            # Not bounded above: the whole point is to wait through the time in which nothing ends.
            return max(LEAST_S, first - waited_s)
        over = ends.cdf(log(waited_s))
        target = over + SHARE * (1 - over)
        if target >= 1 - 1e-9:
            return _bounded(COLD_SHARE * waited_s)
        return _bounded(exp(ends.inv_cdf(target)) - waited_s)


class DurationStore:
    """What is known, in memory; kept in the database for the next start."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Durations] = {}

    async def open(self) -> None:
        """Read what earlier processes learnt."""
        rows = await self._database.read(lambda connection: connection.execute(select(durations)).all())
        self._known = {row.model: Durations(row[1], row[2], row[3]) for row in rows}

    def of(self, model: str) -> Durations:
        """What is known of a model."""
        return self._known.get(model, Durations())

    def learn(self, model: str, seconds: float) -> None:
        """Count one more duration."""
        self._known[model] = self.of(model).with_duration(seconds)

    async def save(self) -> None:
        """Keep what is known. Losing some of it costs a few looks, so it need not happen at every job."""
        snapshot = dict(self._known)

        def change(connection: Connection) -> None:
            for model, known in snapshot.items():
                values = asdict(known)
                row = update(durations).where(durations.c.model == model)
                if connection.execute(row.values(**values)).rowcount == 0:
                    connection.execute(insert(durations).values(model=model, **values))

        await self._database.write(change)


def _bounded(seconds: float) -> float:
    return max(LEAST_S, min(seconds, MOST_S))
