"""Looking again: free, never a second submit, and right whatever else goes on."""

import asyncio
import errno
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from imagestudio.core.checkpoints import Checkpoint
from imagestudio.core.errors import InvalidParameter, ModelUnavailable, NotFound
from imagestudio.core.job import Job
from imagestudio.core.settings import Settings
from imagestudio.core.visitor import Visitor
from imagestudio.sandbox import create_sandbox
from imagestudio.studio.service import Studio
from tests.jobs.conftest import Emulator, png, serve
from tests.opened import open_studio

pytestmark = pytest.mark.slow

BFL, FAL = "flux-2-pro", "sd-3.5"


async def run(studio: Studio, prompt: str, model: str = BFL) -> Job:
    job = await studio.submit("generate", {"prompt": prompt, "model": model, "width": 256, "height": 256})
    return await studio.wait(job.id, 60)


async def look(studio: Studio, job: Job) -> Job:
    return await studio.wait((await studio.look_again(job.id)).id, 60)


class Disk:
    """Has room until it is full: the seam is the step between a file's bytes and its name."""

    full = False

    def __call__(self, step: Checkpoint, what: str) -> None:
        if self.full and step is Checkpoint.SYNCED_FILE:
            raise OSError(errno.ENOSPC, "No space left on device")


async def until(studio: Studio, job: Job, condition: Callable[[Job], bool]) -> Job:
    while not condition(job := await studio.job(job.id)):
        await asyncio.sleep(0.02)
    return job


@pytest.mark.pace(0.3)
@pytest.mark.parametrize("model", [BFL, FAL])
async def test_a_picture_that_came_after_the_deadline_is_found(
    settings: Settings, emulator: Emulator, model: str
) -> None:
    async with open_studio(settings.model_copy(update={"job_timeout_s": 0.2})) as studio:
        job = await run(studio, "a hill demo:slow", model)
        assert (job.status, job.charged, job.offers) == ("failed", "unknown", ("look_again", "run_again"))
        assert job.error
        assert job.error.code == "PROVIDER_TIMEOUT"
        while (found := await look(studio, job)).status == "failed":
            assert found.error
            assert found.error.code == "PROVIDER_TIMEOUT"
    assert (found.status, found.charged, found.error, found.offers) == ("succeeded", "yes", None, ())
    assert len(found.files) == len(emulator.submits) == len(emulator.bill) == 1


async def test_twenty_looks_at_once_are_one(settings: Settings) -> None:
    emulator, answer, polls = create_sandbox(speed=0, paint=lambda _: png()), asyncio.Event(), list[str]()

    async def held(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            polls.append(scope["path"])
            await answer.wait()
        await emulator(scope, receive, send)

    async with serve(held) as url:
        answer.set()
        there = settings.model_copy(update={"bfl_base_url": f"{url}/bfl"})
        async with open_studio(there) as studio:
            job = await run(studio, "a hill demo:fail")
            answer.clear()
            asked = len(polls)
            looks = await asyncio.gather(*(studio.look_again(job.id) for _ in range(20)))
            assert {look.status for look in looks} == {"running"}
            answer.set()
            ended = await studio.wait(job.id, 60)
    assert ended.status == "failed"
    assert len(polls) - asked == 1


async def test_a_job_that_has_just_ended_can_be_looked_at_while_its_holder_lets_go(
    studio: Studio, emulator: Emulator
) -> None:
    """Each time at the first moment that the job is seen to have failed."""
    job = await run(studio, "a hill demo:fail")
    for _ in range(10):
        asked = len(emulator.requests)
        await studio.look_again(job.id)
        await until(studio, job, lambda job: job.ended)
        assert len(emulator.requests) > asked
    job = await until(studio, job, lambda job: job.worker is None)
    assert (job.status, job.calls[0].state) == ("failed", "failed")


async def test_the_job_is_canceled_or_looked_at_but_never_lost(
    settings: Settings, emulator: Emulator
) -> None:
    async with open_studio(settings) as studio:
        job = await run(studio, "a hill demo:fail")
        await studio.look_again(job.id)
        canceled = await studio.cancel(job.id)
        if canceled.status == "canceled":
            job = await until(studio, job, lambda job: job.calls[0].state == "failed")
            assert (job.status, job.offers) == ("canceled", ())
        assert (await look(studio, job)).status == "failed"
    assert len(emulator.submits) == 1


async def test_what_the_disk_had_no_room_for_is_fetched_again(settings: Settings, emulator: Emulator) -> None:
    disk = Disk()
    disk.full = True
    async with open_studio(settings, on_checkpoint=disk) as studio:
        job = await run(studio, "a hill")
        assert (job.status, job.charged, job.calls[0].state) == ("failed", "yes", "unstored")
        assert job.error
        assert job.error.code == "INTERNAL_ERROR"
        assert job.error.details["charged"] == "yes"
        assert "No space left on device" in str(job.error.text)
        assert job.offers == ("look_again", "run_again")
        disk.full = False
        found = await look(studio, job)
    assert (found.status, found.charged, len(found.files)) == ("succeeded", "yes", 1)
    assert len(emulator.submits) == 1


@pytest.mark.slow
async def test_it_is_fetched_by_itself_and_the_job_does_not_flicker(
    settings: Settings, emulator: Emulator
) -> None:
    disk = Disk()
    disk.full = True
    seen: list[str] = []
    async with open_studio(settings, on_checkpoint=disk) as studio:
        job = await run(studio, "a hill")

        def fetched_again(job: Job) -> bool:
            seen.append(job.status)
            return job.calls[0].state == "accepted"

        await until(studio, job, fetched_again)
        await until(studio, job, lambda job: job.calls[0].state == "unstored")
        disk.full = False
        found = await until(studio, job, lambda job: job.status != "failed")
    assert set(seen) == {"failed"}
    assert (found.status, found.error, len(found.files)) == ("succeeded", None, 1)
    assert len(emulator.submits) == 1


async def test_money_that_is_known_to_be_gone_stays_gone(settings: Settings) -> None:
    """A paid picture that the provider has forgotten meanwhile."""
    later, disk = 0.0, Disk()
    disk.full = True
    forgetful = create_sandbox(clock=lambda: time.time() + later, speed=0, paint=lambda _: png())
    async with serve(forgetful) as url:
        there = settings.model_copy(update={"bfl_base_url": f"{url}/bfl"})
        async with open_studio(there, on_checkpoint=disk) as studio:
            job = await run(studio, "a hill")
            later = 2 * 3600.0
            await run(studio, "another hill")  # it forgets when something new comes
            found = await look(studio, job)
    assert found.error
    assert (found.status, found.error.code, found.charged) == ("failed", "PROVIDER_ERROR", "yes")
    assert found.error.details["charged"] == "yes"


async def test_looking_waits_for_the_providers_key(settings: Settings, emulator: Emulator) -> None:
    disk = Disk()
    disk.full = True
    async with open_studio(settings, on_checkpoint=disk) as studio:
        job = await run(studio, "a hill")
    async with open_studio(settings.model_copy(update={"bfl_api_key": None})) as studio:
        with pytest.raises(ModelUnavailable) as refusal:
            await studio.look_again(job.id)
        assert refusal.value.details == {"reason": "missing_key", "set": "BFL_API_KEY"}
        assert (await studio.job(job.id)).status == "failed"
    async with open_studio(settings) as studio:
        assert (await look(studio, job)).status == "succeeded"
    assert len(emulator.submits) == 1


async def test_a_job_whose_key_was_gone_at_the_start_goes_on_when_it_is_back(
    settings: Settings, emulator: Emulator
) -> None:
    async with open_studio(settings) as studio:
        job = await studio.submit("generate", {"prompt": "a hill demo:slow", "model": BFL})
        await until(studio, job, lambda job: job.calls[0].state == "accepted")
    async with open_studio(settings.model_copy(update={"bfl_api_key": None})) as studio:
        gone = await studio.wait(job.id, 60)
        assert gone.error
        assert (gone.status, gone.error.code, gone.charged) == ("failed", "MODEL_UNAVAILABLE", "unknown")
    async with open_studio(settings) as studio:
        assert (await look(studio, job)).status == "succeeded"
    assert len(emulator.submits) == 1


@pytest.mark.pace(1.0)
async def test_what_was_never_sent_fails_free_of_charge_when_the_key_is_gone(
    settings: Settings, emulator: Emulator
) -> None:
    async with open_studio(settings) as studio:
        fields = {"prompt": "a hill demo:slow", "model": BFL, "width": 256, "height": 256}
        for _ in range(24):  # as many as Black Forest Labs takes at once
            await studio.submit("generate", fields)
        waiting = await studio.submit("generate", fields)
        while len(emulator.submits) < 24:
            await asyncio.sleep(0.01)
    async with open_studio(settings.model_copy(update={"bfl_api_key": None})) as studio:
        job = await studio.wait(waiting.id, 60)
    assert (job.status, job.charged, job.offers) == ("failed", "no", ("run_again",))
    assert job.error.as_dict() == {
        "code": "MODEL_UNAVAILABLE",
        "message": "The key is gone that this job needs, so it was not sent. "
        "Set BFL_API_KEY and run it again.",
        "details": {"reason": "missing_key", "set": "BFL_API_KEY", "charged": "no"},
    }


async def test_live_jobs_and_the_demos_are_kept_apart(settings: Settings, emulator: Emulator) -> None:
    """Nothing of a demo is ever sent for money, and no sandbox is asked about a paid ticket."""
    keys: dict[str, Any] = {"gemini_api_key": None, "bfl_api_key": None, "fal_key": None}
    demo = settings.model_copy(update=keys)
    async with open_studio(settings) as studio:
        live = await studio.submit("generate", {"prompt": "a hill demo:slow", "model": BFL})
        await until(studio, live, lambda job: job.calls[0].state == "accepted")
    async with open_studio(demo) as studio:
        assert studio.demo
        mine = await studio.submit("generate", {"prompt": "a hill demo:slow", "model": BFL})
        failed = await run(studio, "a hill demo:fail")
        await until(studio, mine, lambda job: job.calls[0].state == "accepted")
        assert (await studio.job(live.id)).calls[0].state == "accepted"
    async with open_studio(settings) as studio:
        assert (await studio.wait(live.id, 60)).status == "succeeded"
        assert (await studio.job(mine.id)).status == "running"
        with pytest.raises(InvalidParameter, match="was a demo"):
            await studio.look_again(failed.id)
    assert len(emulator.submits) == 1


@pytest.mark.parametrize(
    ("prompt", "model", "words"),
    [
        ("a hill", BFL, "has its pictures"),
        ("a hill demo:drop", BFL, "no ticket to ask about"),
        ("a hill demo:refuse", FAL, "no ticket to ask about"),
        ("a hill demo:refuse-image", "imagen-4-fast", "no ticket to ask about"),
    ],
)
async def test_without_a_ticket_there_is_nothing_to_look_at(
    studio: Studio, emulator: Emulator, prompt: str, model: str, words: str
) -> None:
    job = await studio.wait((await studio.submit("generate", {"prompt": prompt, "model": model})).id, 60)
    asked = len(emulator.requests)
    with pytest.raises(InvalidParameter, match=words):
        await studio.look_again(job.id)
    same = await studio.job(job.id)
    assert (same.status, same.calls) == (job.status, job.calls)
    assert len(emulator.requests) == asked


async def test_others_jobs_are_not_found(studio: Studio) -> None:
    job = await run(studio, "a hill demo:fail")
    bob = studio.seen_by(Visitor("bob", "key", trusted=True))
    with pytest.raises(NotFound):
        await bob.look_again(job.id)
    with pytest.raises(NotFound):
        await bob.run_again(job.id)


async def test_an_uncertain_job_says_what_can_be_done(studio: Studio, emulator: Emulator) -> None:
    job = await run(studio, "a hill demo:drop")
    assert (job.status, job.offers) == ("uncertain", ("run_again",))
    assert job.error
    assert job.error.details == {"charged": "unknown", "offers": ["run_again"]}
    assert "run again as a new job (run_again)" in str(job.error.text)
    again = await studio.run_again(job.id)
    assert (again.replaces, again.asked) == (job.id, job.asked | {"replaces": job.id})
    assert (await studio.wait(again.id, 60)).status == "uncertain"
    assert len(emulator.submits) == 2


@pytest.mark.parametrize(
    ("word", "charged", "reported"),
    [("demo:fail", "unknown", 0.03), ("demo:refuse", "unknown", 0.03), ("demo:drop", "unknown", None)],
)
async def test_what_the_submit_told_of_the_cost_outlives_a_failure(
    studio: Studio, emulator: Emulator, word: str, charged: str, reported: float | None
) -> None:
    job = await run(studio, f"a hill {word}")
    assert (job.charged, job.reported_usd) == (charged, reported)
    assert [charge.usd for charge in emulator.bill] == [0.03]
