"""Limits on the host's money: of all, of strangers together, of each, and never passed by any rush."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from imagestudio.core.errors import BudgetExceeded
from imagestudio.core.job import Job, Payer
from imagestudio.core.visitor import Caps, Visitor
from imagestudio.store.budget import Budget
from imagestudio.store.database import Database
from imagestudio.store.jobs import JobStore
from tests.fresh import data_folder
from tests.jobs.conftest import BFL, KEYS, SMALL, SPACE, Open, run, visitor
from tests.store.conftest import new_job, priced

pytestmark = pytest.mark.slow

EACH = 0.03


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[JobStore]:
    database = Database(f"sqlite:///{data_folder(tmp_path) / 'studio.db'}")
    await database.open()
    yield JobStore(database)
    await database.close()


def asked(owner: str, payer: Payer, guest: bool) -> Job:
    return replace(priced(new_job(owner)), payer=payer, demo=payer == "nobody", guest=guest)


@pytest.mark.parametrize("seed", range(8))
async def test_no_limit_is_passed_however_many_come_at_once(store: JobStore, seed: int) -> None:
    """Two hundred at once, of all kinds, under limits that are drawn by lot."""
    lot = Random(seed)
    budget = Budget(lot.uniform(0.5, 3), lot.uniform(0.5, 3), lot.uniform(0.2, 2), lot.uniform(0.05, 0.5))
    caps = {
        f"key:{number}": Caps(usd_day=lot.uniform(0, 0.6), usd_month=lot.uniform(0, 0.6))
        for number in range(5)
    }
    jobs = [asked(lot.choice(list(caps)), "studio", False) for _ in range(70)]
    jobs += [asked(f"session:{lot.randrange(9)}", "studio", True) for _ in range(70)]
    jobs += [asked(f"session:{lot.randrange(9)}", "visitor", False) for _ in range(30)]
    jobs += [asked(f"session:{lot.randrange(3)}", "nobody", False) for _ in range(30)]
    lot.shuffle(jobs)
    answers = await asyncio.gather(
        *(store.add(job, budget=budget, caps=caps.get(job.owner)) for job in jobs), return_exceptions=True
    )
    refused = [answer for answer in answers if answer is not None]
    assert all(isinstance(answer, BudgetExceeded) for answer in refused)
    taken = [job for job, answer in zip(jobs, answers, strict=True) if answer is None]
    paid = [job for job in taken if job.payer == "studio"]
    spent = Counter(job.owner for job in paid)
    allowed = min(budget.day_usd or 0, budget.month_usd or 0)
    guests = [job for job in paid if job.guest]
    assert EACH * len(paid) <= allowed + 1e-9
    assert EACH * len(guests) <= (budget.public_day_usd or 0) + 1e-9
    for owner, count in spent.items():
        most = caps.get(owner, Caps(usd_day=budget.guest_day_usd))
        assert count * EACH <= min(most.usd_day or 0, most.usd_month or 9) + 1e-9
    assert sum(job.payer == "visitor" for job in taken) == 30
    played = Counter(job.owner for job in taken if job.payer == "nobody")
    wanted = Counter(job.owner for job in jobs if job.payer == "nobody")
    assert played == {owner: min(count, int((allowed + 1e-9) / EACH)) for owner, count in wanted.items()}
    # What was spent only grew, so whoever was refused then would not fit now either.
    for job in (job for job, answer in zip(jobs, answers, strict=True) if answer and job.payer == "studio"):
        most = caps.get(job.owner, Caps(usd_day=budget.guest_day_usd))
        left = [allowed - EACH * len(paid), (most.usd_day or 0) - EACH * spent[job.owner]]
        left += [(most.usd_month or 9) - EACH * spent[job.owner]]
        left += [(budget.public_day_usd or 0) - EACH * len(guests)] if job.guest else []
        assert min(left) < EACH


@pytest.mark.parametrize(
    ("budget", "caps", "guest", "name"),
    [
        (Budget(0.05, None), Caps(), False, "day"),
        (Budget(None, 0.05), Caps(), False, "month"),
        (Budget(9, 9, 0.05, 1), Caps(), True, "public_day"),
        (Budget(9, 9, 1, 0.05), Caps(), True, "visitor_day"),
        (Budget(9, 9), Caps(usd_day=0.05), False, "visitor_day"),
        (Budget(9, 9), Caps(usd_month=0.05), False, "visitor_month"),
        (Budget(0.05, 9, 1, 1), Caps(), True, "day"),
    ],
)
async def test_a_refusal_names_its_limit_and_tells_strangers_nothing_of_others(
    store: JobStore, budget: Budget, caps: Caps, guest: bool, name: str
) -> None:
    await store.add(asked("ann", "studio", guest), budget=budget, caps=caps)
    with pytest.raises(BudgetExceeded) as refusal:
        await store.add(asked("ann", "studio", guest), budget=budget, caps=caps)
    details = refusal.value.details
    assert (details["budget"], details["charged"], details["wanted_usd"]) == (name, "no", EACH)
    others = guest and not name.startswith("visitor")
    assert ("spent_usd" in details, "$" in refusal.value.message) == (not others, not others)


async def test_strangers_spend_their_part_and_then_have_keys_of_their_own(open_with: Open) -> None:
    budget = {"IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "0.1", "IMAGESTUDIO_VISITOR_BUDGET_USD_DAY": "0.06"}
    async with open_with(**KEYS, **SPACE, **budget) as studio:
        ann, bob = (studio.seen_by(visitor(name, [])) for name in ("ann", "bob"))
        for _ in range(2):
            job = await run(ann, BFL, **SMALL)
            assert (job.status, job.payer, job.guest) == ("succeeded", "studio", True)
        assert [(at.scope, at.spent_usd) for at in await ann.balances()] == [("visitor", 0.06)]
        assert [(at.scope, at.spent_usd) for at in await bob.balances()] == [("visitor", 0.0)]
        with pytest.raises(BudgetExceeded, match="your budget of this day"):
            await run(ann, BFL, **SMALL)
        assert (await run(bob, BFL, **SMALL)).status == "succeeded"
        with pytest.raises(BudgetExceeded, match="spends on its visitors"):
            await run(bob, BFL, **SMALL)
        shown = await bob.submit("generate", {"prompt": "x", "dry_run": True, **SMALL})
        assert "would be refused" in str(shown.warnings[-1])
        assert (await run(studio.seen_by(visitor("bob", ["bfl"])), BFL, **SMALL)).payer == "visitor"
        assert (await run(studio, BFL, **SMALL)).payer == "studio", "the host's own are no guests"


async def test_guests_of_one_network_spend_what_one_guest_may(open_with: Open) -> None:
    budget = {"IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "1", "IMAGESTUDIO_VISITOR_BUDGET_USD_DAY": "0.06"}
    async with open_with(**KEYS, **SPACE, **budget) as studio:
        guests = [studio.seen_by(visitor(f"guest{number}", [], network="home")) for number in range(3)]
        for guest in guests[:2]:
            assert (await run(guest, BFL, **SMALL)).payer == "studio"
        with pytest.raises(BudgetExceeded, match="visitors of one network") as refusal:
            await run(guests[2], BFL, **SMALL)
        assert refusal.value.details["budget"] == "network_day"
        assert "$" not in refusal.value.message
        assert [(at.scope, at.spent_usd) for at in await guests[2].balances()] == [("visitor", 0.0)]
        elsewhere = studio.seen_by(visitor("guest9", [], network="cafe"))
        assert (await run(elsewhere, BFL, **SMALL)).payer == "studio"


async def test_a_tenth_of_the_public_budget_is_each_strangers(open_with: Open) -> None:
    async with open_with(**KEYS, **SPACE, IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY="0.5") as studio:
        (balance,) = await studio.seen_by(visitor("ann", [])).balances()
        assert (balance.limit_usd, balance.scope) == (0.05, "visitor")


async def test_the_limits_of_an_api_key_hold_for_its_holder(open_with: Open) -> None:
    async with open_with(**KEYS, **SPACE, IMAGESTUDIO_BUDGET_USD_DAY="9") as studio:
        holder = Visitor("key:x", "key", trusted=True, caps=Caps(usd_day=0.05, usd_month=2))
        seen = studio.seen_by(holder)
        assert (await run(seen, BFL, **SMALL)).payer == "studio"
        with pytest.raises(BudgetExceeded) as refusal:
            await run(seen, BFL, **SMALL)
        assert refusal.value.details["budget"] == "visitor_day"
        report = await seen.report("model")
        assert [(at.period, at.scope, at.left_usd) for at in report.budgets] == [
            ("day", "visitor", 0.02),
            ("month", "visitor", 1.97),
        ]
        assert (await run(studio, BFL, **SMALL)).status == "succeeded"


async def test_nobody_uses_up_somebody_elses_demo(open_with: Open) -> None:
    async with open_with(**KEYS, **SPACE, IMAGESTUDIO_BUDGET_USD_DAY="0.05") as studio:
        ann, bob = (studio.seen_by(visitor(name, [])) for name in ("ann", "bob"))
        assert (await run(ann, BFL, **SMALL)).demo
        with pytest.raises(BudgetExceeded):
            await run(ann, BFL, **SMALL)
        assert (await run(bob, BFL, **SMALL)).demo
        assert (await run(studio, BFL, **SMALL)).payer == "studio"
