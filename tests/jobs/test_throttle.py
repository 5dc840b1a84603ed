"""One refusal pauses everybody; after the pause one request tries, and the rest follow its answer."""

import asyncio

from imagestudio.jobs.throttle import Throttle


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_an_open_gate_lets_everybody_through() -> None:
    throttle = Throttle(2, Clock())
    told: list[str] = []
    for _ in range(5):
        async with throttle.acquire(told.append):
            pass
    assert told == []


async def test_pauses_grow_and_end_with_the_first_acceptance() -> None:
    clock = Clock()
    throttle = Throttle(2, clock)
    pauses = []
    for _ in range(7):
        clock.now += throttle.paused_s
        throttle.record_refusal("busy")
        pauses.append(throttle.paused_s)
    assert pauses == [1, 2, 4, 8, 16, 32, 60]
    throttle.record_success()
    assert (throttle.paused_s, throttle.reason) == (0, "")
    throttle.record_refusal("busy", retry_after=7)
    assert throttle.paused_s == 7


async def test_after_a_pause_one_request_tries_for_all() -> None:
    loop = asyncio.get_running_loop()
    throttle = Throttle(50, loop.time)
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
