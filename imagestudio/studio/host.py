"""The studio as the process and whoever runs it see it: what belongs to no visitor."""

from collections.abc import Callable
from dataclasses import dataclass

from imagestudio.access.key_vault import KeyVault
from imagestudio.jobs.maintenance import Lifespan
from imagestudio.store.api_keys import ApiKeys
from imagestudio.store.comparisons import ComparisonStore
from imagestudio.store.sessions import EndedSessions
from imagestudio.store.stats import Stats
from imagestudio.studio.compare.service import Comparisons
from imagestudio.studio.readiness import Readiness
from imagestudio.studio.service import Studio


@dataclass(frozen=True, slots=True)
class Host:
    """One process's studio: opened, closed and watched here, and given to one visitor after another."""

    studio: Studio
    """As nobody sees it: a handler that forgets to ask whose request it is finds nothing in it."""
    lifespan: Lifespan
    api_keys: ApiKeys
    ended_sessions: EndedSessions
    vault: KeyVault
    stats: Stats
    readiness: Readiness
    _comparisons: ComparisonStore

    def comparisons(self, studio: Studio, count: Callable[[], None] = lambda: None) -> Comparisons:
        """The comparisons of the visitor whose studio this is. `count` counts each run that they start, and
        refuses one too many by raising."""
        return Comparisons(studio, self._comparisons, count=count)
