"""No limit is passed, and what was not charged is free again."""

import asyncio
from dataclasses import replace

import pytest

from imagestudio.core.errors import BudgetExceeded
from imagestudio.store.budget import Budget
from imagestudio.store.jobs import JobStore
from tests.store.conftest import new_job, priced


@pytest.mark.parametrize(
    ("day", "month", "fit"), [(0.1, None, 3), (None, 0.1, 3), (0.09, 1.0, 3), (1.0, 0.05, 1)]
)
async def test_a_budget_is_never_passed_however_many_come_at_once(
    store: JobStore, day: float | None, month: float | None, fit: int
) -> None:
    jobs = [priced(new_job()) for _ in range(40)]
    answers = await asyncio.gather(
        *(store.add(job, budget=Budget(day, month)) for job in jobs), return_exceptions=True
    )
    assert sum(answer is None for answer in answers) == fit
    refused = [answer for answer in answers if isinstance(answer, BudgetExceeded)]
    assert len(refused) == 40 - fit
    assert refused[0].details["budget"] == ("month" if day in (None, 1.0) else "day")
    assert len(await store.page("ann", 300)) == fit


async def test_a_budget_counts_what_was_charged_and_frees_what_was_not(store: JobStore) -> None:
    budget = Budget(0.06, None)
    free, cheap, yesterday = (priced(new_job()) for _ in range(3))
    await store.add(replace(yesterday, created_at=1.5 - 86_400), budget=budget)
    await store.add(free, budget=budget)
    await store.add(cheap, budget=budget)
    with pytest.raises(BudgetExceeded):
        await store.add(priced(new_job()), budget=budget)
    await store.change_call(free.calls[0], ["planned"], state="failed", charged="no")
    await store.change_call(cheap.calls[0], ["planned"], state="succeeded", charged="yes", reported_usd=0.02)
    await store.add(priced(new_job()), budget=budget)
    with pytest.raises(BudgetExceeded) as caught:
        await store.add(priced(new_job()), budget=budget)
    assert caught.value.details["spent_usd"] == 0.05
