"""Jobs in a real SQLite file: durable, conditional, one job a key."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from imagestudio.core.errors import BudgetExceeded
from imagestudio.core.ids import new_id
from imagestudio.store.budget import Budget
from imagestudio.store.database import Database
from imagestudio.store.durations import DurationStore
from imagestudio.store.jobs import IdempotencyKey, JobStore, KeyTaken
from imagestudio.store.leases import Leases
from tests.store.conftest import held, new_job, picture, priced


async def test_a_job_comes_back_as_it_was_kept(store: JobStore) -> None:
    job = new_job(calls=2)
    await store.add(job)
    assert await store.get(job.id) == job
    assert await store.get("nope") is None


async def test_the_database_is_durable_at_every_commit(database: Database) -> None:
    def pragmas(connection: Connection) -> list[Any]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert await database.write(pragmas) == ["wal", 2, 1]  # 2 is FULL


async def test_a_change_that_fails_spoils_no_other(store: JobStore) -> None:
    first, second = new_job(), new_job()
    key = IdempotencyKey("k", "f")
    twice = [store.add(job, key) for job in (first, second)]
    others = [new_job() for _ in range(20)]
    results = await asyncio.gather(*twice, *(store.add(job) for job in others), return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], KeyTaken)
    assert results[2:] == [None] * 20
    kept = await store.page("ann", 100)
    assert {job.id for job in kept} == {job.id for job in (first, *others)}


async def test_changes_hold_only_from_the_state_they_expect(store: JobStore) -> None:
    job = held(new_job())
    call = job.calls[0]
    await store.add(job)
    assert await store.begin_submit(call, 1, 2.0)
    assert not await store.begin_submit(call, 1, 3.0)
    assert await store.finish(job, "canceled", finished_at=4.0)
    assert not await store.finish(job, "succeeded", finished_at=5.0)
    kept = await store.get(job.id)
    assert kept
    assert (kept.status, kept.started_at, kept.finished_at) == ("canceled", 2.0, 4.0)
    assert (kept.calls[0].submitted_at, kept.calls[0].charged) == (2.0, "unknown")


async def test_a_job_ends_with_its_last_call(store: JobStore) -> None:
    job = held(new_job(calls=2))
    await store.add(job)
    first, second = job.calls
    for call in job.calls:
        await store.begin_submit(call, 1, 2.0)
    result = await store.save_result(first, 1, [picture(job)], at=3.0, state="succeeded", charged="yes")
    assert result
    assert result.ended is None
    assert await store.conclude(job.id, 1, 3.5) is None
    result = await store.save_result(second, 1, [], at=4.0, state="failed", charged="no")
    assert result
    assert result.ended == await store.get(job.id)
    assert result.ended
    assert (result.ended.status, result.ended.finished_at) == ("succeeded", 4.0)


async def test_what_was_dropped_is_not_submitted(store: JobStore) -> None:
    job = held(new_job())
    await store.add(job)
    assert await store.change_call(job.calls[0], ["planned"], state="dropped")
    assert not await store.begin_submit(job.calls[0], 1, 2.0)


async def test_pictures_and_success_are_kept_together(store: JobStore) -> None:
    job = held(new_job())
    await store.add(job)
    await store.change_call(job.calls[0], ["planned"], state="accepted", ticket={"id": "t"})
    file = picture(job)
    values = {"state": "succeeded", "charged": "yes", "reported_usd": 0.03}
    result = await store.save_result(job.calls[0], 1, [file], at=3.0, **values)
    assert await store.save_result(job.calls[0], 1, [replace(file, id=new_id())], at=4.0, **values) is None
    kept = await store.get(job.id)
    assert kept
    assert result
    assert result.ended == kept, "its last call ends a job"
    assert (kept.status, kept.finished_at, kept.worker) == ("succeeded", 3.0, None)
    assert kept.files == (file,), "a call that has ended takes no second result"
    assert (kept.calls[0].state, kept.reported_usd, kept.charged) == ("succeeded", 0.03, "yes")
    assert await store.get_file(file.id) == file
    assert await store.get_file("nope") is None
    assert await store.file_names() == {"ab/x.png"}


async def test_a_claim_after_a_crash_makes_lost_submits_uncertain_and_keeps_tickets(
    store: JobStore, database: Database
) -> None:
    job = held(new_job(calls=3))
    await store.add(job)
    await store.change_call(job.calls[0], ["planned"], state="submitting")
    await store.change_call(job.calls[1], ["planned"], state="accepted", ticket={"id": "t"})
    other = Leases(database, "other", 30, payers=["nobody"])
    assert await other.list_free(5.0) == []
    assert await other.claim(job.id, 5.0) is None, "its lease is still good"
    await other.release_all()
    assert await other.list_free(5.0) == [job.id]
    claimed = await other.claim(job.id, 5.0)
    assert claimed
    assert (claimed.worker, claimed.lease, claimed.lease_until) == ("other", 2, 35.0)
    assert [call.state for call in claimed.calls] == ["uncertain", "accepted", "planned"]
    assert claimed.calls[0].error
    assert claimed.calls[0].error["code"] == "PROVIDER_ERROR"
    assert claimed.charged == "unknown"


async def test_a_lost_lease_changes_nothing(store: JobStore, database: Database) -> None:
    job = held(new_job(), until=10.0)
    call = job.calls[0]
    await store.add(job)
    await store.change_call(call, ["planned"], lease=1, state="accepted", ticket={"id": "t"})
    assert await Leases(database, "other", 30, payers=["nobody"]).claim(job.id, 11.0)
    before = await store.get(job.id)
    assert not await store.change_call(call, ["accepted"], lease=1, state="failed")
    assert await store.save_result(call, 1, [picture(job)], at=12.0, state="succeeded") is None
    assert not await store.finish(job, "failed", lease=1, finished_at=12.0)
    assert await store.get(job.id) == before


async def test_a_renewed_lease_holds(store: JobStore, database: Database) -> None:
    job = held(new_job(), until=10.0)
    await store.add(job)
    mine, other = (
        Leases(database, "me", 30, payers=["nobody"]),
        Leases(database, "other", 30, payers=["nobody"]),
    )
    await mine.renew([job.id], 9.0)
    assert await other.claim(job.id, 20.0) is None


async def test_what_does_not_run_any_more_is_let_go_with_time(store: JobStore, database: Database) -> None:
    running, broken_off = held(new_job(), until=10.0), held(new_job(), until=10.0)
    for job in (running, broken_off):
        await store.add(job)
    mine = Leases(database, "me", 30, payers=["nobody"])
    await mine.renew([running.id], 9.0)
    assert await mine.list_free(20.0) == [broken_off.id]


async def test_free_holds_canceled_jobs_whose_pictures_may_come(store: JobStore, database: Database) -> None:
    waiting, done = new_job(), new_job()
    for job in (waiting, done):
        await store.add(job)
        await store.change_call(job.calls[0], ["planned"], state="accepted", ticket={"id": "t"})
        await store.finish(job, "canceled", finished_at=1.0)
    await store.change_call(done.calls[0], ["accepted"], state="failed")
    assert await Leases(database, "me", 30, payers=["nobody"]).list_free(2.0) == [waiting.id]


async def test_looking_again_reopens_what_has_a_ticket(store: JobStore) -> None:
    job = new_job(calls=2)
    await store.add(job)
    await store.change_call(job.calls[0], ["planned"], state="failed", ticket={"id": "t"}, finished_at=1.0)
    await store.change_call(job.calls[1], ["planned"], state="uncertain", finished_at=1.0)
    await store.finish(job, "uncertain", finished_at=1.0, error={"code": "x"})
    assert await store.reopen(job.id)
    again = await store.get(job.id)
    assert again
    assert (again.status, again.error, again.finished_at) == ("running", None, None)
    assert [call.state for call in again.calls] == ["accepted", "uncertain"]
    assert not await store.reopen(job.id)


@pytest.mark.parametrize(
    ("day", "month", "fit"), [(0.1, None, 3), (None, 0.1, 3), (0.09, 1.0, 3), (1.0, 0.05, 1)]
)
async def test_a_budget_is_never_passed_however_many_come_at_once(
    store: JobStore, day: float | None, month: float | None, fit: int
) -> None:
    jobs = [priced(new_job()) for _ in range(200)]
    answers = await asyncio.gather(
        *(store.add(job, budget=Budget(day, month)) for job in jobs), return_exceptions=True
    )
    assert sum(answer is None for answer in answers) == fit
    refused = [answer for answer in answers if isinstance(answer, BudgetExceeded)]
    assert len(refused) == 200 - fit
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


async def test_durations_are_learnt_for_the_next_start(database: Database) -> None:
    first = DurationStore(database)
    await first.open()
    for _ in range(8):
        first.learn("flux-2-pro", 2.0)
    await first.save()
    await first.save()
    second = DurationStore(database)
    await second.open()
    assert second.of("flux-2-pro").usual_s == pytest.approx(2.0)
    assert second.of("sd-3.5").usual_s is None


async def test_one_job_a_key_however_concurrently(store: JobStore) -> None:
    jobs = [new_job() for _ in range(50)]
    answers = await asyncio.gather(
        *(store.add(job, IdempotencyKey("key", "print")) for job in jobs), return_exceptions=True
    )
    winners = [job for job, answer in zip(jobs, answers, strict=True) if answer is None]
    assert len(winners) == 1
    assert sum(isinstance(answer, KeyTaken) for answer in answers) == 49
    assert await store.find_key("ann", "key") == ("print", winners[0].id)
    assert await store.find_key("bob", "key") is None
    assert len(await store.page("ann", 100)) == 1


async def test_pages_are_newest_first_and_an_owners_own(store: JobStore) -> None:
    mine = [new_job() for _ in range(5)]
    for job in (*mine, new_job("bob")):
        await store.add(job)
    newest = sorted((job.id for job in mine), reverse=True)
    first = await store.page("ann", 2)
    second = await store.page("ann", 10, before=first[-1].id)
    assert [job.id for job in (*first, *second)] == newest
