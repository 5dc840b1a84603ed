"""What was spent and what is reserved, and whether one more call fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from imagestudio.core.errors import BudgetExceeded
from imagestudio.core.job import OPEN_CALLS, OWN, Job, Payer
from imagestudio.core.messages import Message
from imagestudio.core.visitor import Caps
from imagestudio.store.tables import calls, jobs

KNOWN_COST: ColumnElement[float] = case(
    (calls.c.state.in_(OPEN_CALLS), func.coalesce(calls.c.reported_usd, calls.c.reserved_usd, 0.0)),
    (calls.c.charged == "no", 0.0),
    else_=func.coalesce(calls.c.reported_usd, calls.c.reserved_usd, 0.0),
)
"""A call's weight: reserved while it is open; then what the provider reported, or what was reserved where it
said nothing; nothing where it was not charged."""


Period = Literal["day", "month"]
PERIODS: tuple[Period, ...] = get_args(Period)
Scope = Literal["studio", "public", "network", "visitor"]
"""studio: of all that the host pays. public: of what guests together may spend of it. network: of what those
of one network may. visitor: of what the one who asks may."""


@dataclass(frozen=True, slots=True)
class Balance:
    """A limit and what is spent and reserved of it since the day or the month began, in USD."""

    period: Period
    limit_usd: float
    spent_usd: float
    scope: Scope = "studio"

    @property
    def left_usd(self) -> float:
        """What still fits; never below 0."""
        return round(max(0.0, self.limit_usd - self.spent_usd), 6)


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Spender:
    """Who spends, and whose money."""

    owner: str
    payer: Payer
    guest: bool = False
    caps: Caps = NO_CAPS
    network: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """USD that may be spent a day and a month (UTC); None where there is no limit.

    Live, they hold for what the host pays. What visitors pay themselves is not counted, and not limited.
    Play money is counted apart, each visitor's for itself: nobody can use up somebody else's demo.
    """

    day_usd: float | None
    month_usd: float | None
    public_day_usd: float | None = None
    """Of all guests together."""
    guest_day_usd: float | None = None
    """Of each guest, and of all guests of a network together: owners cost a guest nothing."""

    def check(self, connection: Connection, job: Job, caps: Caps | None = None) -> None:
        """Refuse a job that would pass a limit, or its visitor's `caps`. Inside the transaction that adds it,
        so that however many come at once, no two see the same room. Raises `BudgetExceeded`."""
        spender = Spender(job.owner, job.payer, job.guest, caps or NO_CAPS, job.network)
        for balance in self.balances(connection, job.created_at, spender):
            if balance.spent_usd + job.at_most_usd > balance.limit_usd + 1e-9:
                raise _refusal(balance, job.at_most_usd, spender)

    def balances(self, connection: Connection, at: float, spender: Spender) -> list[Balance]:
        """Where each limit that holds for a spender stands at a moment."""
        today = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        begins: dict[Period, datetime] = {"day": today, "month": today.replace(day=1)}
        return [
            Balance(period, limit, round(spent_since(connection, begins[period].timestamp(), of), 6), scope)
            for scope, period, limit, of in self._limits(spender)
            if limit is not None
        ]

    def _limits(self, spender: Spender) -> Iterator[tuple[Scope, Period, float | None, ColumnElement[bool]]]:
        if spender.payer in OWN:
            return
        paid, mine = jobs.c.payer == spender.payer, jobs.c.owner == spender.owner
        if spender.payer == "nobody":
            yield "studio", "day", self.day_usd, and_(paid, mine)
            yield "studio", "month", self.month_usd, and_(paid, mine)
            return
        yield "studio", "day", self.day_usd, paid
        yield "studio", "month", self.month_usd, paid
        if spender.guest:
            yield "public", "day", self.public_day_usd, and_(paid, jobs.c.guest)
            yield "visitor", "day", self.guest_day_usd, and_(paid, mine)
            if spender.network:
                ours = jobs.c.network == spender.network
                yield "network", "day", self.guest_day_usd, and_(paid, jobs.c.guest, ours)
        yield "visitor", "day", spender.caps.usd_day, and_(paid, mine)
        yield "visitor", "month", spender.caps.usd_month, and_(paid, mine)


def _refusal(balance: Balance, wanted_usd: float, spender: Spender) -> BudgetExceeded:
    name = balance.period if balance.scope == "studio" else f"{balance.scope}_{balance.period}"
    if spender.guest and balance.scope != "visitor":
        # What others spent is not a guest's to know.
        return BudgetExceeded(
            Message(
                "budget.network" if balance.scope == "network" else "budget.public",
                period=Message(f"period.{balance.period}"),
            ),
            charged="no",
            budget=name,
            wanted_usd=wanted_usd,
        )
    text = Message(
        "budget.studio" if balance.scope == "studio" else "budget.own",
        wanted_usd=wanted_usd,
        left_usd=balance.left_usd,
        limit_usd=balance.limit_usd,
        period=Message(f"period.{balance.period}"),
    )
    if balance.scope == "studio":
        text = text.filled(variable=f"IMAGESTUDIO_BUDGET_USD_{balance.period.upper()}")
    return BudgetExceeded(
        text,
        charged="no",
        budget=name,
        limit_usd=balance.limit_usd,
        spent_usd=balance.spent_usd,
        wanted_usd=wanted_usd,
    )


def spent_since(connection: Connection, since: float, which: ColumnElement[bool]) -> float:
    """USD spent and reserved since a moment by the jobs that `which` chooses."""
    query = (
        select(func.coalesce(func.sum(KNOWN_COST), 0.0))
        .join(jobs, jobs.c.id == calls.c.job_id)
        .where(jobs.c.created_at >= since, which)
    )
    return float(connection.execute(query).scalar_one())
