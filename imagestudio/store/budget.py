"""What was spent and what is reserved, and whether one more call fits."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

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


@dataclass(frozen=True, slots=True)
class Budget:
    """USD that may be spent a day and a month (UTC); None where there is no limit."""

    day_usd: float | None
    month_usd: float | None

    async def reserve(self, connection: AsyncConnection, job: Job) -> None:
        """Refuse a job that would pass a limit. Inside the transaction that adds it, so that however many
        come at once, no two see the same room. Raises `BudgetExceeded`."""
        wanted = sum(call.reserved_usd or 0.0 for call in job.calls)
        now = datetime.fromtimestamp(job.created_at, UTC)
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for name, limit, since in (
            ("day", self.day_usd, today),
            ("month", self.month_usd, today.replace(day=1)),
        ):
            if limit is None:
                continue
            spent = await spent_since(connection, since.timestamp(), demo=job.demo)
            if spent + wanted > limit + 1e-9:
                raise BudgetExceeded(
                    f"This run could cost ${wanted:.4g}, and ${max(0.0, limit - spent):.4g} is left of this "
                    f"{name}'s budget of ${limit:.4g}. Nothing was sent. Wait for the next {name}, or raise "
                    f"IMAGESTUDIO_BUDGET_USD_{name.upper()}.",
                    charged="no",
                    budget=name,
                    limit_usd=limit,
                    spent_usd=round(spent, 6),
                    wanted_usd=round(wanted, 6),
                )


async def spent_since(connection: AsyncConnection, since: float, *, demo: bool) -> float:
    """USD spent and reserved since a moment, by live jobs or by the demo's, whose money is play money."""
    query = (
        select(func.coalesce(func.sum(KNOWN_COST), 0.0))
        .join(jobs, jobs.c.id == calls.c.job_id)
        .where(jobs.c.created_at >= since, jobs.c.demo.is_(demo))
    )
    return float((await connection.execute(query)).scalar_one())
