"""Whoever holds a job's lease may change it, and nobody else."""

from imagestudio.store.database import Database
from imagestudio.store.jobs import JobStore
from imagestudio.store.leases import Leases
from tests.store.conftest import held, new_job, picture


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
    assert claimed.calls[0].error.code == "PROVIDER_ERROR"
    assert claimed.calls[0].charged == "unknown"


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
