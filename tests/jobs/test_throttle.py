"""One refusal pauses everybody; after the pause one request tries, and the rest follow its answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import chain, repeat
from typing import Any

import pytest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from imagestudio.core.job import Job
from imagestudio.core.messages import Message
from imagestudio.core.settings import Settings
from imagestudio.jobs.throttle import Throttle
from imagestudio.providers.bfl_errors import MAX_ACTIVE
from imagestudio.sandbox import create_sandbox
from imagestudio.sandbox.cutting import Dropped
from imagestudio.studio.service import Studio
from tests.jobs.conftest import BFL, FAL, GOOGLE, KEYS, SMALL, Emulator, Open, paint, serve, visitor, waiting
from tests.opened import open_studio
from tests.tables import rows

BUSY, FULL = Message("plain", text="busy"), Message("plain", text="full")


def ignore(_: Message) -> None:
    """Who waits is told why."""


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_an_open_gate_lets_everybody_through() -> None:
    throttle = Throttle(Clock())
    told: list[Message] = []
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
        async with throttle.acquire(ignore) as sent:
            throttle.record_refusal(sent, BUSY)
        pauses.append(throttle.paused_s)
    assert pauses == [1, 2, 4, 8, 16, 32, 60]
    throttle.record_success(sent + 1)
    assert (throttle.paused_s, throttle.reason) == (0, None)
    throttle.record_refusal(sent + 1, BUSY, retry_after=7)
    assert throttle.paused_s == 7


async def test_what_breaks_together_is_one_event() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    async with AsyncExitStack() as under_way:
        sent = [await under_way.enter_async_context(throttle.acquire(ignore)) for _ in range(12)]
        for one in sent:
            throttle.record_refusal(one, BUSY)
    assert throttle.paused_s == 1
    clock.now += 1
    async with throttle.acquire(ignore) as probe:
        throttle.record_refusal(probe, BUSY)
    assert throttle.paused_s == 2, "the probe failed"
    throttle.record_refusal(sent[0], BUSY)
    assert throttle.paused_s == 2, "one of the twelve that broke late"
    clock.now += 2
    async with throttle.acquire(ignore) as probe:
        throttle.record_success(probe)
    throttle.record_refusal(sent[1], BUSY)
    assert (throttle.paused_s, throttle.reason) == (0, None)


async def test_a_wait_that_was_asked_for_lasts_though_others_are_taken() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    async with throttle.acquire(ignore) as first, throttle.acquire(ignore) as second:
        throttle.record_refusal(first, BUSY, retry_after=1)
        clock.now += 0.18
        throttle.record_success(second)
    assert throttle.paused_s == pytest.approx(0.82)


async def test_after_a_pause_one_request_tries_for_all() -> None:
    loop = asyncio.get_running_loop()
    throttle = Throttle(loop.time)
    throttle.record_refusal(0, FULL, retry_after=0.05)
    told: list[Message] = []
    under_way, most, sent = 0, 0, 0

    async def send() -> None:
        nonlocal under_way, most, sent
        async with throttle.acquire(told.append) as turn:
            under_way += 1
            most = max(most, under_way) if throttle.reason else most
            await asyncio.sleep(0)
            sent += 1
            if sent < 3:
                throttle.record_refusal(turn, FULL, retry_after=0.02)
            else:
                throttle.record_success(turn)
            under_way -= 1

    started = loop.time()
    await asyncio.gather(*(send() for _ in range(20)))
    assert told == [FULL] * 20
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


class Scripted:
    """In front of the emulator: answers so many submits itself, once all of them are there."""

    def __init__(
        self, app: Any, submits: int, answer: Callable[[Scope, Receive, Send], Awaitable[None]]
    ) -> None:
        self.times: list[float] = []
        self._app = app
        self._together = asyncio.Barrier(submits)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        self.times.append(asyncio.get_running_loop().time())
        if len(self.times) > self._together.parties:
            await self._app(scope, receive, send)
            return
        await self._together.wait()
        await self._answer(scope, receive, send)


@pytest.mark.slow
@rows("model", [GOOGLE, BFL, FAL])
async def test_twelve_connections_that_break_at_once_shut_nobody_out(settings: Settings, model: str) -> None:
    scripted = Scripted(create_sandbox(speed=0, paint=paint), 12, Dropped())
    async with serve(scripted) as url:
        names = ("google", "bfl", "fal")
        origins = {f"{name}_base_url": f"{url}/{name}" for name in names}
        async with open_studio(settings.model_copy(update=origins)) as studio:
            wish = {"prompt": "a hill", "model": model}
            broken = [await studio.submit("generate", wish) for _ in range(12)]
            ended = [await studio.wait(job.id, 60) for job in broken]
            assert {(job.status, job.charged) for job in ended} == {("uncertain", "unknown")}
            job = await studio.wait((await studio.submit("generate", wish)).id, 60)
    assert (job.status, job.error) == ("succeeded", None)


@pytest.mark.slow
@rows("route", ["imagen", "successor"])
async def test_google_is_asked_again_after_what_it_asked_for(settings: Settings, route: Any) -> None:
    """Though its others are taken meanwhile."""
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}
    refusal = JSONResponse({"error": {"status": "RESOURCE_EXHAUSTED", "details": [info]}}, 429)
    scripted = Scripted(create_sandbox(speed=0, paint=paint, imagen=True), 1, refusal)
    async with serve(scripted) as url:
        there = settings.model_copy(update={"google_base_url": f"{url}/google", "imagen_route": route})
        async with open_studio(there) as studio:
            wish = {"prompt": "a hill", "model": GOOGLE}
            jobs = [await studio.submit("generate", wish) for _ in range(2)]
            ended = [await studio.wait(job.id, 60) for job in jobs]
    assert {job.status for job in ended} == {"succeeded"}
    assert len(scripted.times) == 3
    assert scripted.times[-1] - scripted.times[0] > 1


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
