"""Jobs in a real SQLite file: conditional, one job a key."""

import asyncio
from dataclasses import replace

from sqlalchemy import Connection

from imagestudio.core.errors import Failure
from imagestudio.core.ids import new_id
from imagestudio.core.messages import Message
from imagestudio.store.database import Database
from imagestudio.store.jobs import IdempotencyKey, JobFilter, JobStore, KeyTaken, page_query
from tests.store.conftest import held, new_job, picture
from tests.tables import rows


async def test_a_job_comes_back_as_it_was_kept(store: JobStore) -> None:
    job = new_job(calls=2)
    await store.add(job)
    assert await store.get(job.id) == job
    assert await store.get("nope") is None


async def test_changes_hold_only_from_the_state_they_expect(store: JobStore) -> None:
    job = held(new_job())
    call = job.calls[0]
    await store.add(job)
    assert await store.begin_submit(job.id, call.position, 1, 2.0)
    assert not await store.begin_submit(job.id, call.position, 1, 3.0)
    assert await store.finish(job, "canceled", finished_at=4.0)
    assert not await store.finish(job, "succeeded", finished_at=5.0)
    stored = await store.get(job.id)
    assert stored
    assert (stored.status, stored.started_at, stored.finished_at) == ("canceled", 2.0, 4.0)
    assert (stored.calls[0].submitted_at, stored.calls[0].charged) == (2.0, "unknown")


async def test_a_job_ends_with_its_last_call(store: JobStore) -> None:
    job = held(new_job(calls=2))
    await store.add(job)
    first, second = job.calls
    for call in job.calls:
        await store.begin_submit(job.id, call.position, 1, 2.0)
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
    assert not await store.begin_submit(job.id, 0, 1, 2.0)


async def test_pictures_and_success_are_kept_together(store: JobStore) -> None:
    job = held(new_job())
    await store.add(job)
    await store.change_call(job.calls[0], ["planned"], state="accepted", ticket={"id": "t"})
    file = picture(job)
    values = {"state": "succeeded", "charged": "yes", "reported_usd": 0.03}
    result = await store.save_result(job.calls[0], 1, [file], at=3.0, **values)
    assert await store.save_result(job.calls[0], 1, [replace(file, id=new_id())], at=4.0, **values) is None
    stored = await store.get(job.id)
    assert stored
    assert result
    assert result.ended == stored, "its last call ends a job"
    assert (stored.status, stored.finished_at, stored.worker) == ("succeeded", 3.0, None)
    assert stored.files == (file,), "a call that has ended takes no second result"
    call = stored.calls[0]
    assert (call.state, call.reported_usd, call.charged) == ("succeeded", 0.03, "yes")
    assert await store.get_file(file.id) == file
    assert await store.get_file("nope") is None
    assert await store.file_names() == {"ab/x.png"}


async def test_looking_again_reopens_what_has_a_ticket(store: JobStore) -> None:
    job = new_job(calls=2)
    await store.add(job)
    await store.change_call(job.calls[0], ["planned"], state="failed", ticket={"id": "t"}, finished_at=1.0)
    await store.change_call(job.calls[1], ["planned"], state="uncertain", finished_at=1.0)
    await store.finish(job, "uncertain", finished_at=1.0, error=Failure("x", Message("file.unknown"), {}))
    assert await store.reopen(job.id)
    again = await store.get(job.id)
    assert again
    assert (again.status, again.error, again.finished_at) == ("running", None, None)
    assert [call.state for call in again.calls] == ["accepted", "uncertain"]
    assert not await store.reopen(job.id)


async def test_one_job_a_key_however_concurrently(store: JobStore) -> None:
    jobs = [new_job() for _ in range(50)]
    answers = await asyncio.gather(
        *(store.add(job, [IdempotencyKey("key", "print")]) for job in jobs), return_exceptions=True
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


@rows(
    ("filters", "places"),
    [
        (JobFilter(), [0, 1, 2]),
        (JobFilter(status="queued"), [0, 1]),
        (JobFilter(status="canceled"), [2]),
        (JobFilter(model="flux-kontext"), [1]),
        (JobFilter(task="edit"), [1]),
        (JobFilter(task="edit", status="canceled"), []),
        (JobFilter(since=2.0), [1, 2]),
        (JobFilter(until=2.0), [0]),
        (JobFilter(since=1.0, until=3.0, task="generate"), [0]),
    ],
)
async def test_jobs_are_found_by_what_they_are(
    store: JobStore, filters: JobFilter, places: list[int]
) -> None:
    owner = new_id()
    jobs = [replace(new_job(owner), created_at=1.0 + place) for place in range(3)]
    jobs[1] = replace(jobs[1], model="flux-kontext", task="edit")
    for job in jobs:
        await store.add(job)
    await store.finish(jobs[2], "canceled", finished_at=4.0)
    found = await store.page(owner, 10, filters=filters)
    assert [job.id for job in found] == sorted((jobs[place].id for place in places), reverse=True)


@rows(
    "filters",
    [
        JobFilter(),
        JobFilter(status="failed"),
        JobFilter(model="sd-3.5"),
        JobFilter(task="edit"),
        JobFilter(since=1.0, until=2.0),
        JobFilter("failed", "sd-3.5", "generate", 1.0),
    ],
)
@rows("before", [None, "f" * 32])
async def test_a_page_of_jobs_is_looked_up_and_never_sorted(
    database: Database, before: str | None, filters: JobFilter
) -> None:
    def plan(connection: Connection) -> list[str]:
        query = page_query("ann", 20, before, filters).compile(
            connection, compile_kwargs={"literal_binds": True}
        )
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]

    (step,) = await database.read(plan)
    assert step.startswith("SEARCH jobs USING INDEX jobs_by_owner (owner=?")
