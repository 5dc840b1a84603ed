"""The outbox outlives the process, serves many of them, and sends again on request."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from imagestudio.studio.service import Studio
from tests.api.conftest import API
from tests.jobs.webhooks.conftest import URL, World, is_over, run, waits, webhook_of
from tests.tables import rows

pytestmark = pytest.mark.slow


async def finished(studio: Studio, prompt: str = "x") -> str:
    """The id of a job that has ended."""
    job = await studio.submit("generate", {"prompt": prompt, "webhook_url": URL})
    await studio.wait(job.id, 60)
    return job.id


async def test_what_was_not_sent_is_sent_after_a_restart(world: World) -> None:
    world.internet.down = {"93.184.215.14"}
    async with world.studio() as studio:
        job_id = await finished(studio)
    world.internet.down = set()
    world.clock.ahead += 6
    async with world.studio():
        (arrived,) = await world.receiver.until(1)
    assert arrived.verified()["data"]["id"] == job_id


async def test_a_stop_in_mid_delivery_sends_it_again_under_the_same_id(world: World) -> None:
    held = world.receiver.held["/hook"] = asyncio.Event()
    async with world.studio() as studio:
        await finished(studio)
        (first,) = await world.receiver.until(1)
    held.set()
    async with world.studio():
        _, again = await world.receiver.until(2)
    assert again.id == first.id
    assert again.verified()["data"]["webhook"]["attempts"] == 2


def attempts_at(folder: Path) -> int:
    """How often a folder's only message was taken up, as its database has it by now."""
    with closing(sqlite3.connect(folder / "studio.db")) as database:
        (attempts,) = database.execute("SELECT attempts FROM webhooks").fetchone()
    return int(attempts)


async def test_a_stop_while_it_is_taken_up_keeps_nobody_waiting(world: World) -> None:
    world.internet.down = {"93.184.215.14"}
    async with world.studio() as studio:
        job_id = await finished(studio)
        while (delivery := (await studio.job(job_id)).delivery) is None or not delivery.last_error:
            await asyncio.sleep(0.02)
        world.clock.ahead += 6
        taking_up = asyncio.create_task(studio._webhooks.deliver_due())
        while attempts_at(world.settings.data_dir) == 1:
            await asyncio.sleep(0)
        # It stands in the database, and whoever asked for it has not heard of it yet.
        taking_up.cancel()
        await asyncio.gather(taking_up, return_exceptions=True)
    world.internet.down = set()
    async with asyncio.timeout(20), world.studio():
        await world.receiver.until(1)


async def test_a_kill_in_mid_delivery_is_over_after_a_minute(world: World) -> None:
    world.receiver.held["/hook"] = asyncio.Event()
    async with world.studio() as killed:
        await finished(killed)
        (first,) = await world.receiver.until(1)
        async with world.studio() as other:
            world.clock.ahead += 30
            await other._webhooks.deliver_due()
            assert len(world.receiver.arrived) == 1
            world.clock.ahead += 31
            await other._webhooks.deliver_due()
            _, again = await world.receiver.until(2)
        assert again.id == first.id
        world.receiver.held["/hook"].set()


async def test_two_processes_do_not_send_the_same(world: World) -> None:
    async with world.studio() as one, world.studio() as other:
        ids = await asyncio.gather(*(finished(one, str(number)) for number in range(20)))
        while not all([await is_delivered(one, job_id) for job_id in ids]):
            await asyncio.gather(one._webhooks.deliver_due(), other._webhooks.deliver_due())
    told = [arrived.verified()["data"]["id"] for arrived in world.receiver.arrived]
    assert sorted(told) == sorted(ids)


async def is_delivered(studio: Studio, job_id: str) -> bool:
    delivery = (await studio.job(job_id)).delivery
    return delivery is not None and delivery.delivered_at is not None


async def replayed(api: httpx.AsyncClient, job_id: str) -> httpx.Response:
    return await api.post(f"{API}/jobs/{job_id}/webhook")


async def test_a_replay_is_a_new_message_with_the_same_job(world: World) -> None:
    async with world.api() as api:
        job_id = await run(api)
        (first,) = await world.receiver.until(1)
        await webhook_of(api, job_id, is_over)
        answer = await replayed(api, job_id)
        _, second = await world.receiver.until(2)
    assert answer.status_code == 202
    assert answer.json() == {"success": True, "data": {"webhook_id": second.id}}
    assert second.id != first.id
    assert second.verified()["data"]["id"] == job_id


async def test_a_replay_takes_the_place_of_what_waits_and_revives_what_was_given_up(world: World) -> None:
    world.receiver.statuses["/hook"] = [500, 410, 200]
    async with world.api() as api:
        job_id = await run(api)
        await webhook_of(api, job_id, waits)
        await replayed(api, job_id)
        await webhook_of(api, job_id, is_over)
        await replayed(api, job_id)
        hook = await webhook_of(api, job_id, lambda hook: hook["delivered_at"])
        await world.later(3600)
    assert (hook["attempts"], hook["last_error"]) == (1, None)
    assert len(world.receiver.arrived) == len({arrived.id for arrived in world.receiver.arrived}) == 3


@rows("job_id", ["0" * 32, "nope", "%00", "x" * 5000])
async def test_an_unknown_job_has_no_webhook(world: World, job_id: str) -> None:
    async with world.api() as api:
        answer = await replayed(api, job_id)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


async def test_what_can_not_be_replayed_says_why(world: World) -> None:
    def refusal(answer: httpx.Response) -> Any:
        assert answer.status_code == 400
        return answer.json()["error"]

    async with world.api() as api:
        silent = await run(api, url=None)
        assert refusal(await replayed(api, silent)) == {
            "code": "INVALID_PARAMETER",
            "message": "This job has no webhook_url to send to.",
            "details": {"field": "job_id"},
        }
        running = await run(api, "x demo:slow")
        assert refusal(await replayed(api, running)) == {
            "code": "INVALID_PARAMETER",
            "message": "This job has not ended. Its webhook is sent when it does.",
            "details": {"field": "job_id"},
        }


@pytest.mark.pace(0.5)
async def test_a_job_that_runs_again_tells_its_next_ending(make_world: Any) -> None:
    world = make_world(IMAGESTUDIO_JOB_TIMEOUT_S="0.1")
    world.receiver.statuses["/hook"] = [500, 200]
    # Ahead of the studio that comes after it: no real delay makes the second attempt due there by itself.
    world.clock.ahead = 240
    async with world.api() as api:
        job_id = await run(api, "x demo:slow", model="sd-3.5")
        hook = await webhook_of(api, job_id, waits)
        assert hook["attempts"] == 1
    patient = make_world()
    async with patient.api() as api:
        await api.post(f"{API}/jobs/{job_id}/look-again", headers={"Prefer": "respond-async"})
        await patient.later(240 + 6)
        hook = await webhook_of(api, job_id, is_over)
        assert (hook["attempts"], hook["last_error"]) == (2, "The job runs again; its next ending is sent.")
        assert len(world.receiver.arrived) == 1
        _, second = await world.receiver.until(2)
        # What has arrived is due again once its claim is over, until it is known to have arrived.
        await webhook_of(api, job_id, lambda hook: hook["delivered_at"])
        await patient.later(3600)
    first = world.receiver.arrived[0]
    assert first.verified()["type"] == "job.failed"
    assert second.verified()["type"] == "job.succeeded"
    assert (second.id == first.id, len(world.receiver.arrived)) == (False, 2)
