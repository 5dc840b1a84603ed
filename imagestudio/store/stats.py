"""The studio in figures, of all visitors together: for whoever watches over it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from imagestudio.providers.tally import Tally
from imagestudio.store.budget import Budget, Spender, Standing
from imagestudio.store.counts import Census, take_census
from imagestudio.store.database import Database


@dataclass(frozen=True, slots=True)
class Reading:
    """The figures of one moment."""

    census: Census
    answers: Mapping[tuple[str, int], int]
    """Of each provider, how many by HTTP status, since the start of the process."""
    standings: tuple[Standing, ...]
    """Of the limits on what the host pays."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Where they come from. No id, prompt or owner is among them."""

    database: Database
    tally: Tally
    budget: Budget
    clock: Callable[[], float]

    async def now(self) -> Reading:
        """Take them: two looks at the database."""
        census = await take_census(self.database)
        standings = await self.database.read(self._limits)
        return Reading(census, dict(self.tally.answers), standings)

    def _limits(self, connection: Connection) -> tuple[Standing, ...]:
        """Those of all together: what one visitor may spend is theirs to know."""
        anybody = Spender(owner="", payer="studio", guest=True)
        found = self.budget.standings(connection, self.clock(), anybody)
        return tuple(standing for standing in found if standing.whose != "visitor")
