"""Whoever claimed a message last decides about it, save that what arrived has arrived."""

from dataclasses import replace

import pytest

from imagestudio.core.job import Delivery
from imagestudio.store.database import Database
from imagestudio.store.jobs import JobStore
from imagestudio.store.outbox import Message, Outbox
from tests.store.conftest import new_job

URL = "http://receiver.example/hook"


@pytest.fixture
async def two_claims(database: Database) -> tuple[Outbox, Message, Message]:
    """A message that was claimed at 10, and again at 100, when the first claim was over."""
    store, outbox = JobStore(database), Outbox(database)
    job = replace(new_job(), webhook_url=URL)
    await store.add(job)
    assert await store.finish(job, "failed", finished_at=10.0)
    first, second = await outbox.claim(10.0, 70.0, []), await outbox.claim(100.0, 160.0, [])
    assert first is not None
    assert second is not None
    assert (first.attempts, second) == (1, replace(first, attempts=2))
    return outbox, first, second


async def delivery(database: Database, message: Message) -> Delivery | None:
    job = await JobStore(database).get(message.job_id)
    assert job is not None
    return job.delivery


async def test_a_lost_claim_changes_nothing(
    database: Database, two_claims: tuple[Outbox, Message, Message]
) -> None:
    outbox, first, second = two_claims
    await outbox.mark_failed(first, "late", 105.0)
    await outbox.release(first, 105.0)
    assert await delivery(database, first) == Delivery(2, 160.0, None, None)
    await outbox.mark_failed(second, "in time", None)
    await outbox.release(second, 105.0)
    assert await delivery(database, first) == Delivery(2, None, None, "in time")


async def test_what_arrived_has_arrived(
    database: Database, two_claims: tuple[Outbox, Message, Message]
) -> None:
    outbox, first, second = two_claims
    await outbox.mark_delivered(first, 101.0)
    await outbox.mark_failed(second, "too late to matter", 200.0)
    assert await delivery(database, first) == Delivery(2, None, 101.0, None)


async def test_who_has_none_under_way_goes_first_and_who_has_many_waits(database: Database) -> None:
    store, outbox = JobStore(database), Outbox(database)
    guests = [("a", "net"), ("b", "net"), ("c", ""), ("d", "other")]
    for at, (owner, network) in enumerate(guests):
        job = replace(new_job(owner), network=network, webhook_url=f"{URL}/{owner}")
        await store.add(job)
        await store.finish(job, "canceled", finished_at=at)
    first = await outbox.claim(20.0, 99.0, served=["net", "c"])
    assert (first and first.url, first and first.party) == (f"{URL}/d", "other")
    second = await outbox.claim(20.0, 99.0, full=["net"])
    assert (second and second.url, second and second.party) == (f"{URL}/c", "c")
    assert await outbox.claim(20.0, 99.0, full=["net"]) is None
    third = await outbox.claim(20.0, 99.0, served=["net"])
    assert third
    assert third.url == f"{URL}/a"


async def test_only_what_is_due_is_claimed_and_no_busy_address(database: Database) -> None:
    store, outbox = JobStore(database), Outbox(database)
    jobs = [replace(new_job(), webhook_url=f"{URL}/{name}") for name in ("b", "a")]
    for at, job in zip((12.0, 11.0), jobs, strict=True):
        await store.add(job)
        await store.finish(job, "canceled", finished_at=at)
    assert await outbox.claim(10.9, 99.0, []) is None
    assert await outbox.claim(20.0, 99.0, [f"{URL}/a", f"{URL}/b"]) is None
    claims = [await outbox.claim(20.0, 99.0, []) for _ in range(3)]
    assert [message and message.url for message in claims] == [f"{URL}/a", f"{URL}/b", None]
