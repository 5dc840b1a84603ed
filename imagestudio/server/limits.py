"""The host's limits on money, jobs and disk, as the settings have them."""

from imagestudio.core.settings import Settings
from imagestudio.core.units import DAY_S
from imagestudio.store.budget import Budget
from imagestudio.store.concurrency import ConcurrencyLimit
from imagestudio.store.retention import Quotas

MB = 1e6


def budget(settings: Settings) -> Budget:
    """What may be spent."""
    return Budget(
        settings.budget_usd_day,
        settings.budget_usd_month,
        settings.public_budget_usd_day,
        settings.guest_budget_usd_day,
    )


def concurrency(settings: Settings) -> ConcurrencyLimit:
    """How many jobs may be under way."""
    return ConcurrencyLimit(settings.most_jobs_at_once, settings.queue_jobs)


def quotas(settings: Settings) -> Quotas:
    """How much is kept, and for how long."""
    return Quotas(
        _times(settings.disk_quota_mb, MB),
        _times(settings.guest_quota_mb, MB),
        _times(settings.keep_days, DAY_S),
        settings.min_free_mb * MB,
    )


def _times(number: float | None, unit: float) -> float | None:
    return None if number is None else number * unit
