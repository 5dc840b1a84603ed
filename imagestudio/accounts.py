"""Money, as people ask about it: what was spent, what is left, whether a run would still fit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from imagestudio.errors import BudgetExceeded
from imagestudio.jobs import Job
from imagestudio.store.budget import Budget, Standing
from imagestudio.store.database import Database
from imagestudio.store.usage import GroupBy, Selection, Usage, total, usage


@dataclass(frozen=True, slots=True)
class Report:
    """What a period's jobs cost, and where the budgets stand now."""

    chosen: Selection
    group_by: GroupBy
    groups: list[Usage]
    total: Usage
    budgets: list[Standing]
    """Of the limits that are set. They hold for the whole studio, whoever asks."""


class Accounts:
    """Reads the ledger; changes nothing in it."""

    def __init__(self, database: Database, budget: Budget, clock: Callable[[], float], *, demo: bool) -> None:
        self._database = database
        self._budget = budget
        self._clock = clock
        self._demo = demo

    async def report(
        self, owner: str, group_by: GroupBy, since: float | None = None, until: float | None = None
    ) -> Report:
        """What an owner's jobs cost that were asked for from `since` (this month's beginning, UTC) until
        just before `until` (now), in seconds since 1970."""
        now = self._clock()
        chosen = Selection(
            owner,
            self._demo,
            _month_of(now) if since is None else since,
            now if until is None else until,
        )

        def look(connection: Connection) -> tuple[list[Usage], list[Standing]]:
            budgets = self._budget.standings(connection, now, demo=self._demo)
            return usage(connection, chosen, group_by), budgets

        groups, budgets = await self._database.read(look)
        return Report(chosen, group_by, groups, total(groups), budgets)

    async def standings(self) -> list[Standing]:
        """Where each limit that is set stands now."""
        now = self._clock()
        return await self._database.read(
            lambda connection: self._budget.standings(connection, now, demo=self._demo)
        )

    async def foresee(self, job: Job) -> Job:
        """A job that is only shown, with a warning where a budget would refuse it."""
        try:
            await self._database.read(lambda connection: self._budget.reserve(connection, job))
        except BudgetExceeded as refusal:
            return replace(job, warnings=(*job.warnings, f"It would be refused: {refusal.message}"))
        return job


def _month_of(moment: float) -> float:
    day = datetime.fromtimestamp(moment, UTC)
    return day.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
