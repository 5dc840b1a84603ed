"""What was spent and what is reserved, and whether one more call fits."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, case, func, select

from imagestudio.errors import BudgetExceeded
from imagestudio.jobs import OPEN_CALLS, Job
from imagestudio.store.tables import calls, jobs

KNOWN_COST: ColumnElement[float] = case(
    (calls.c.state.in_(OPEN_CALLS), func.coalesce(calls.c.reported_usd, calls.c.reserved_usd, 0.0)),
    (calls.c.charged == "no", 0.0),
    else_=func.coalesce(calls.c.reported_usd, calls.c.reserved_usd, 0.0),
)
"""A call's weight: reserved while it is open; then what the provider reported, or what was reserved where it
said nothing; nothing where it was not charged."""


Period = Literal["day", "month"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit and what is spent and reserved of it since the day or the month began, in USD."""

    period: Period
    limit_usd: float
    spent_usd: float

    @property
    def left_usd(self) -> float:
        """What still fits; never below 0."""
        return round(max(0.0, self.limit_usd - self.spent_usd), 6)


@dataclass(frozen=True, slots=True)
class Budget:
    """USD that may be spent a day and a month (UTC); None where there is no limit."""

    day_usd: float | None
    month_usd: float | None

    def reserve(self, connection: Connection, job: Job) -> None:
        """Refuse a job that would pass a limit. Inside the transaction that adds it, so that however many
        come at once, no two see the same room. Raises `BudgetExceeded`."""
        for standing in self.standings(connection, job.created_at, demo=job.demo):
            if standing.spent_usd + job.at_most_usd > standing.limit_usd + 1e-9:
                raise _refusal(standing, job.at_most_usd)

    def standings(self, connection: Connection, at: float, *, demo: bool) -> list[Standing]:
        """Where each limit that is set stands at a moment."""
        today = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        periods: tuple[tuple[Period, float | None, datetime], ...] = (
            ("day", self.day_usd, today),
            ("month", self.month_usd, today.replace(day=1)),
        )
        return [
            Standing(name, limit, round(spent_since(connection, since.timestamp(), demo=demo), 6))
            for name, limit, since in periods
            if limit is not None
        ]


def _refusal(standing: Standing, wanted_usd: float) -> BudgetExceeded:
    name, limit = standing.period, standing.limit_usd
    return BudgetExceeded(
        f"This run could cost ${wanted_usd:.4g}, and ${standing.left_usd:.4g} is left of this {name}'s "
        f"budget of ${limit:.4g}. Nothing was sent. Wait for the next {name}, or raise "
        f"IMAGESTUDIO_BUDGET_USD_{name.upper()}.",
        charged="no",
        budget=name,
        limit_usd=limit,
        spent_usd=standing.spent_usd,
        wanted_usd=wanted_usd,
    )


def spent_since(connection: Connection, since: float, *, demo: bool) -> float:
    """USD spent and reserved since a moment, by live jobs or by the demo's, whose money is play money."""
    query = (
        select(func.coalesce(func.sum(KNOWN_COST), 0.0))
        .join(jobs, jobs.c.id == calls.c.job_id)
        .where(jobs.c.created_at >= since, jobs.c.demo.is_(demo))
    )
    return float(connection.execute(query).scalar_one())
