"""One refusal pauses everybody; after the pause one request tries, and the rest follow its answer."""

import asyncio
from collections.abc import Iterator
from itertools import chain, repeat

import pytest
from starlette.types import Receive, Scope, Send

from imagestudio.core.job import Job
from imagestudio.core.settings import Settings
from imagestudio.jobs.throttle import Throttle
from imagestudio.providers.bfl_errors import MAX_ACTIVE
from imagestudio.studio.service import Studio
from tests.jobs.conftest import BFL, KEYS, SMALL, Emulator, Open, serve, visitor, waiting
from tests.opened import open_studio
from tests.tables import rows


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_an_open_gate_lets_everybody_through() -> None:
    throttle = Throttle(Clock())
    told: list[str] = []
    for _ in range(5):
        async with throttle.acquire(told.append):
            pass
    assert told == []


async def test_pauses_grow_and_end_with_the_first_acceptance() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    pauses = []
    for _ in range(7):
        clock.now += throttle.paused_s
        throttle.record_refusal("busy")
        pauses.append(throttle.paused_s)
    assert pauses == [1, 2, 4, 8, 16, 32, 60]
    throttle.record_success()
    assert (throttle.paused_s, throttle.reason) == (0, None)
    throttle.record_refusal("busy", retry_after=7)
    assert throttle.paused_s == 7


async def test_after_a_pause_one_request_tries_for_all() -> None:
    loop = asyncio.get_running_loop()
    throttle = Throttle(loop.time)
    throttle.record_refusal("full", retry_after=0.05)
    told: list[str] = []
    under_way, most, sent = 0, 0, 0

    async def send() -> None:
        nonlocal under_way, most, sent
        async with throttle.acquire(told.append):
            under_way += 1
            most = max(most, under_way) if throttle.reason else most
            await asyncio.sleep(0)
            sent += 1
            if sent < 3:
                throttle.record_refusal("full", retry_after=0.02)
            else:
                throttle.record_success()
            under_way -= 1

    started = loop.time()
    await asyncio.gather(*(send() for _ in range(20)))
    assert told == ["full"] * 20
    assert sent == 20
    assert loop.time() - started >= 0.09, "each refusal was waited out"
    assert most == 1, "nobody went beside the one that tried"


@pytest.mark.slow
async def test_others_wait_for_the_one_that_was_refused_and_say_why(
    studio: Studio, emulator: Emulator
) -> None:
    refused = await studio.submit("generate", {"prompt": "a hill demo:rate-limit", **SMALL})
    await waiting(studio, refused)
    others = [await studio.submit("generate", {"prompt": "hill 0", **SMALL})]
    progress = await waiting(studio, others[0])
    assert str(progress.note) == "Black Forest Labs is limiting requests"
    others += [await studio.submit("generate", {"prompt": f"hill {n}", **SMALL}) for n in range(1, 10)]
    ended = await asyncio.gather(*(studio.wait(job.id, 60) for job in others))
    assert {job.status for job in ended} == {"succeeded"}
    error = (await studio.wait(refused.id, 60)).error
    assert error
    assert error.code == "RATE_LIMIT_EXCEEDED"
    assert len(emulator.submits) == 10 + 3


async def stages(studio: Studio, job: Job) -> set[str]:
    """All that a run goes through to its ending."""
    return {progress.stage async for _, progress in studio.watch(job.id, every_s=0.02) if progress}


@pytest.mark.slow
@rows("word", ["demo:unavailable", "demo:rate-limit", "demo:out-of-credits", "demo:drop"])
async def test_one_visitors_words_in_the_demo_hold_up_nobody_else(open_with: Open, word: str) -> None:
    async with open_with(IMAGESTUDIO_SANDBOX="on", IMAGESTUDIO_PUBLIC_URL="http://studio.example") as studio:
        ann, bob = (studio.seen_by(visitor(name, ())) for name in ("ann", "bob"))
        refused = await ann.submit("generate", {"prompt": f"a hill {word}", "model": BFL, **SMALL})
        async for at, progress in ann.watch(refused.id, every_s=0.02):
            if at.ended or (progress and progress.stage == "waiting"):
                break
        job = await bob.submit("generate", {"prompt": "a fox", "model": BFL, **SMALL})
        assert "waiting" not in await stages(bob, job)
        assert (await bob.job(job.id)).status == "succeeded"
        await ann.cancel(refused.id)


@pytest.mark.slow
@pytest.mark.pace(1)
async def test_one_network_s_runs_leave_others_a_turn(open_with: Open) -> None:
    public = {"IMAGESTUDIO_PUBLIC_URL": "http://studio.example", "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "9"}
    many = {"IMAGESTUDIO_VISITOR_BUDGET_USD_DAY": "9", "IMAGESTUDIO_JOBS_AT_ONCE": "0"}
    async with open_with(**KEYS, **public, **many) as studio:
        crowd = [studio.seen_by(visitor(f"guest{number}", (), network="a")) for number in range(MAX_ACTIVE)]
        slow = {"prompt": "a hill demo:slow", "model": BFL, **SMALL}
        jobs = [await guest.submit("generate", slow) for guest in crowd]
        bob = studio.seen_by(visitor("bob", (), network="b"))
        job = await bob.submit("generate", {"prompt": "a fox", "model": BFL, **SMALL})
        assert (await bob.wait(job.id, 60)).status == "succeeded"
        ended = [(await guest.job(one.id)).ended for guest, one in zip(crowd, jobs, strict=True)]
        assert not any(ended)


class Refusing:
    """A provider that takes nothing, and asks to wait for these seconds, the last of them for ever; 0 where
    the account has no credit."""

    def __init__(self, *waits: int) -> None:
        self.submits = 0
        self._waits: Iterator[int] = chain(waits, repeat(waits[-1]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.submits += 1
        wait = next(self._waits)
        status, headers = (429, [(b"retry-after", str(wait).encode())]) if wait else (402, [])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


def at(url: str, settings: Settings, **changes: float) -> Settings:
    return settings.model_copy(update={"bfl_base_url": url, **changes})


async def submit(studio: Studio) -> Job:
    return await studio.submit("generate", {"prompt": "a hill", "model": "flux-2-pro", **SMALL})


async def test_who_waited_already_is_told_as_soon_as_the_wait_grows_long(settings: Settings) -> None:
    provider = Refusing(1, 600)
    async with serve(provider) as url, open_studio(at(url, settings)) as studio:
        first = await submit(studio)
        await waiting(studio, first)
        begun = [first, await submit(studio), await submit(studio)]
        ended = [await studio.wait(job.id, 30) for job in begun]
    assert [job.status for job in ended] == ["failed"] * 3
    errors = [job.error for job in ended if job.error]
    assert sorted(error.code for error in errors) == ["MODEL_UNAVAILABLE"] * 2 + ["RATE_LIMIT_EXCEEDED"]
    told = [str(error.text) for error in errors if error.code == "MODEL_UNAVAILABLE"]
    assert not any("limiting" in text for text in told), "what one was told is not told to others"
    assert all(error.details["retryAfter"] > 500 for error in errors)
    assert {job.charged for job in ended} == {"no"}
    assert provider.submits == 2, "nobody asks once more before the time"


async def test_out_of_credit_is_told_to_all_who_wait(settings: Settings) -> None:
    """For a slot, too. Each once tried for itself, one every five seconds."""
    provider = Refusing(2, 0)
    async with serve(provider) as url, open_studio(at(url, settings)) as studio:
        first = await submit(studio)
        await waiting(studio, first)
        begun = [first, *[await submit(studio) for _ in range(MAX_ACTIVE + 6)]]
        begun = [await studio.wait(job.id, 60) for job in begun]
    assert {(job.status, job.charged) for job in begun} == {("failed", "no")}
    assert {job.error and job.error.details["reason"] for job in begun} == {"out_of_credits"}
    assert provider.submits < 5, "2, and one more for those who came late"


@pytest.mark.slow
async def test_a_wait_counts_in_a_jobs_time(settings: Settings) -> None:
    provider = Refusing(25)
    async with serve(provider) as url, open_studio(at(url, settings, job_timeout_s=3)) as studio:
        job = await studio.wait((await submit(studio)).id, 20)
    assert (job.status, job.charged) == ("failed", "no")
    assert job.error
    assert (job.error.code, job.error.details["reason"]) == ("MODEL_UNAVAILABLE", "busy")
    assert "nothing was sent" in str(job.error.text)
    assert provider.submits == 1
