"""What arrives at a receiver, and when it arrives again."""

import asyncio
import time
from datetime import datetime
from functools import partial
from statistics import median
from typing import Any

import pytest

from imagestudio.jobs.webhooks.delivery import AT_ONCE, AT_ONCE_EACH
from tests.api.conftest import API, ORIGIN, ended
from tests.jobs.webhooks.conftest import HOST, URL, Make, World, is_over, run, waits, webhook_of
from tests.net.conftest import PUBLIC

pytestmark = pytest.mark.slow

ANN, BOB = "the-long-key-of-ann", "the-long-key-of-bob"


def says(error: str, hook: dict[str, Any]) -> bool:
    return bool(hook["last_error"] == error)


def seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


async def test_it_is_sent_at_the_ending_and_not_at_some_sweep(world: World) -> None:
    """One after the other: whoever waits for the sweep of each second arrives most of a second late."""
    late = []
    async with world.studio() as studio:
        for count in range(1, 6):
            job = await studio.submit("generate", {"prompt": "x", "webhook_url": URL})
            await world.receiver.until(count)
            arrived = time.time()
            late.append(arrived - ((await studio.wait(job.id, 60)).finished_at or 0.0))
    assert median(late) < 0.7


@pytest.mark.pace(1)
async def test_a_canceled_job_tells_at_once(world: World) -> None:
    late = []
    async with world.studio() as studio:
        for count in range(1, 6):
            job = await studio.submit("generate", {"prompt": "x demo:slow", "webhook_url": URL})
            job = await studio.cancel(job.id)
            (*_, told) = await world.receiver.until(count)
            late.append(time.time() - (job.finished_at or 0.0))
            assert told.verified()["type"] == "job.canceled"
    assert median(late) < 0.7


@pytest.mark.parametrize("model", ["flux-2-pro", "imagen-4-fast"])
async def test_the_receiver_is_told_the_whole_job(world: World, model: str) -> None:
    async with world.api() as api:
        job_id = await run(api, model=model)
        (arrived,) = await world.receiver.until(1)
        hook = await webhook_of(api, job_id, is_over)
        (job,) = (await api.get(f"{API}/jobs")).json()["data"]["jobs"]

    own = ("host", "content-length", "webhook-timestamp", "webhook-signature")
    assert (arrived.method, arrived.path) == ("POST", "/hook")
    assert {name: value for name, value in arrived.headers.items() if name not in own} == {
        "user-agent": "image-studio",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "webhook-id": arrived.id,
    }
    assert arrived.headers["host"] == HOST
    assert hook == job["webhook"]
    assert hook | {"delivered_at": ""} == {
        "url": URL,
        "attempts": 1,
        "delivered_at": "",
        "last_error": None,
        "next_at": None,
    }
    told = job | {"webhook": arrived.verified()["data"]["webhook"]}
    assert arrived.verified() == {"type": "job.succeeded", "timestamp": job["finished_at"], "data": told}
    (image,) = told["images"]
    assert image["url"] == f"{ORIGIN}{API}/files/{image['id']}"
    assert world.internet.dialed == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    ("prompt", "kind"), [("x demo:fail", "job.failed"), ("x demo:drop", "job.uncertain")]
)
async def test_other_endings_are_told_too(world: World, prompt: str, kind: str) -> None:
    async with world.api() as api:
        job_id = await run(api, prompt, model="sd-3.5")
        (arrived,) = await world.receiver.until(1)
        told = arrived.verified()
    assert (told["type"], told["data"]["id"]) == (kind, job_id)
    assert told["data"]["error"]["code"] == "PROVIDER_ERROR"


async def test_a_canceled_job_is_told(world: World) -> None:
    async with world.api() as api:
        job_id = await run(api, "x demo:slow", model="sd-3.5")
        await api.delete(f"{API}/jobs/{job_id}")
        (arrived,) = await world.receiver.until(1)
    assert arrived.verified()["type"] == "job.canceled"


async def test_a_job_without_an_address_tells_nobody(world: World) -> None:
    async with world.api() as api:
        silent = await run(api, url=None)
        assert (await ended(api, silent))["webhook"] is None
        await run(api)
        await world.receiver.until(1)
    assert [arrived.verified()["data"]["id"] == silent for arrived in world.receiver.arrived] == [False]


async def test_a_failed_attempt_is_repeated_under_the_same_id(world: World) -> None:
    world.receiver.statuses["/hook"] = [500, 503, 200]
    async with world.api() as api:
        job_id = await run(api)
        (first,) = await world.receiver.until(1)
        hook = await webhook_of(api, job_id, waits)
        assert (hook["attempts"], hook["last_error"]) == (1, "The receiver answered 500.")
        await world.later(6)
        await world.receiver.until(2)
        hook = await webhook_of(api, job_id, lambda hook: "503" in hook["last_error"])
        assert hook["attempts"] == 2
        await world.later(34)
        await world.receiver.until(3)
        hook = await webhook_of(api, job_id, is_over)
        assert (hook["attempts"], hook["last_error"]) == (3, None)
        assert hook["delivered_at"] is not None
    assert {arrived.id for arrived in world.receiver.arrived} == {first.id}
    for arrived in world.receiver.arrived:
        assert arrived.verified()["type"] == "job.succeeded"


async def test_it_is_given_up_after_eight_attempts(world: World) -> None:
    world.receiver.statuses["/hook"] = list(range(500, 509))
    pauses: list[float | None] = []
    async with world.api() as api:
        job_id = await run(api)
        for status in range(500, 508):
            hook = await webhook_of(api, job_id, partial(says, f"The receiver answered {status}."))
            pauses.append(hook["next_at"] and seconds(hook["next_at"]) - world.clock())
            await world.later(1.1 * (pauses[-1] or 0) + 1)
    assert pauses.pop() is None
    for pause, least in zip(pauses, (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600), strict=True):
        assert pause is not None
        assert least - 2 < pause <= least * 1.1
    assert hook["attempts"] == len(world.receiver.arrived) == 8


async def test_a_receiver_that_is_gone_is_not_asked_again(world: World) -> None:
    world.receiver.statuses["/hook"] = [410]
    async with world.api() as api:
        job_id = await run(api)
        hook = await webhook_of(api, job_id, is_over)
    assert (hook["attempts"], hook["last_error"], hook["delivered_at"]) == (
        1,
        "The receiver answered 410.",
        None,
    )


async def test_redirects_are_not_followed(world: World) -> None:
    world.receiver.statuses["/hook"] = [308]
    async with world.api() as api:
        job_id = await run(api)
        hook = await webhook_of(api, job_id, waits)
    assert (
        hook["last_error"] == "The receiver answered 308. Redirects are not followed: name the final address."
    )
    assert [arrived.path for arrived in world.receiver.arrived] == ["/hook"]


async def test_a_slow_receiver_holds_up_no_other(world: World) -> None:
    slow = world.receiver.held["/slow"] = asyncio.Event()
    async with world.api() as api:
        for _ in range(AT_ONCE_EACH + 3):
            await run(api, url=f"http://{HOST}/slow")
        await world.receiver.until(AT_ONCE_EACH)
        job_id = await run(api)
        await webhook_of(api, job_id, is_over)
        paths = [arrived.path for arrived in world.receiver.arrived]
        assert (paths.count("/slow"), paths.count("/hook")) == (AT_ONCE_EACH, 1)
        slow.set()
        arrived = await world.receiver.until(AT_ONCE_EACH + 4)
    assert len({message.id for message in arrived}) == AT_ONCE_EACH + 4


async def test_one_visitor_s_silent_receivers_hold_up_nobody_else_s(make_world: Make) -> None:
    world = make_world(IMAGESTUDIO_API_KEYS=f"{ANN},{BOB}")
    events = [
        world.receiver.held.setdefault(f"/silent{number}", asyncio.Event()) for number in range(AT_ONCE)
    ]
    async with world.api() as api:
        api.headers["X-API-Key"] = ANN
        for number in range(AT_ONCE):
            await run(api, url=f"http://{HOST}/silent{number}")
        await world.receiver.until(7)
        api.headers["X-API-Key"] = BOB
        await run(api)
        await world.receiver.until(8)
        assert world.receiver.arrived[-1].path == "/hook"
        for event in events:
            event.set()
        await world.receiver.until(AT_ONCE + 1)


async def test_a_name_that_turns_private_is_not_called(world: World) -> None:
    world.names.answers[HOST] = [[PUBLIC], ["10.0.0.1"]]
    async with world.api() as api:
        job_id = await run(api)
        hook = await webhook_of(api, job_id, waits)
    assert (
        hook["last_error"]
        == f"{HOST} is unknown, or not on the public internet. Use a link that anyone can open."
    )
    assert world.internet.dialed == []
    assert world.names.asked == [HOST, HOST]


async def test_a_receiver_that_is_away_is_told_so(world: World) -> None:
    world.internet.down = {PUBLIC}
    async with world.api() as api:
        job_id = await run(api)
        hook = await webhook_of(api, job_id, waits)
        assert hook["last_error"] == "The receiver could not be reached."
        world.internet.down = set()
        await world.later(6)
        await world.receiver.until(1)
