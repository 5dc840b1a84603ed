"""Money, as people ask about it: what was spent, what is left, whether a run would still fit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from imagestudio.core.errors import BudgetExceeded
from imagestudio.core.job import Job
from imagestudio.core.messages import Message
from imagestudio.core.units import DAY_S
from imagestudio.core.visitor import Caps
from imagestudio.store.budget import PERIODS, Balance, Budget, Spender
from imagestudio.store.database import Database
from imagestudio.store.usage import GroupBy, Selection, Usage, total, usage


@dataclass(frozen=True, slots=True)
class Report:
    """What a period's jobs cost, and where the budgets stand now."""

    selection: Selection
    group_by: GroupBy
    groups: list[Usage]
    total: Usage
    budgets: list[Balance]
    """Of the limits that are set and hold for whoever asks: the tightest of each period."""


class Accounts:
    """Reads the ledger; changes nothing in it."""

    def __init__(self, database: Database, budget: Budget, clock: Callable[[], float]) -> None:
        self._database = database
        self._budget = budget
        self._clock = clock

    async def report(
        self, spender: Spender, group_by: GroupBy, since: float | None = None, until: float | None = None
    ) -> Report:
        """What a spender's jobs cost, live ones or the demo's as they spend now, that were asked for from
        `since` (this month's beginning, UTC) until just before `until` (now), in seconds since 1970."""
        now = self._clock()
        selection = Selection(
            spender.owner,
            spender.payer == "nobody",
            _month_of(now) if since is None else since,
            now if until is None else until,
        )

        def fetch(connection: Connection) -> tuple[list[Usage], list[Balance]]:
            return usage(connection, selection, group_by), self._tightest(connection, now, spender)

        groups, budgets = await self._database.read(fetch)
        return Report(selection, group_by, groups, total(groups), budgets)

    async def spent_today(self, spender: Spender) -> float:
        """What a spender's jobs of today (UTC) cost, with what is not sure yet. Reads today's jobs only."""
        report = await self.report(spender, "day", since=_day_of(self._clock()))
        return float(report.total.charged_usd + report.total.unknown_usd + report.total.reserved_usd)

    async def balances(self, spender: Spender) -> list[Balance]:
        """Where the limits that hold for a spender stand now: of each period the one with the least left."""
        now = self._clock()
        return await self._database.read(lambda connection: self._tightest(connection, now, spender))

    def _tightest(self, connection: Connection, now: float, spender: Spender) -> list[Balance]:
        balances = self._budget.balances(connection, now, spender)
        if spender.guest:  # what others spend is not theirs to know
            balances = [balance for balance in balances if balance.scope == "visitor"]
        tightest = {
            balance.period: balance
            for balance in sorted(balances, key=lambda balance: balance.left_usd, reverse=True)
        }
        return [tightest[period] for period in PERIODS if period in tightest]

    async def warn_of_budget(self, job: Job, caps: Caps) -> Job:
        """A job that is only shown, with a warning where a budget would refuse it."""
        try:
            await self._database.read(lambda connection: self._budget.check(connection, job, caps))
        except BudgetExceeded as refusal:
            return replace(job, warnings=(*job.warnings, Message("budget.foreseen", reason=refusal.text)))
        return job


def _day_of(moment: float) -> float:
    return moment // DAY_S * DAY_S


def _month_of(moment: float) -> float:
    day = datetime.fromtimestamp(moment, UTC)
    return day.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
