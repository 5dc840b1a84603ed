"""How many jobs may be under way: of one owner, of a network, and of all."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from imagestudio.store.concurrency import NETWORK
from tests.api.conftest import API, FROM, ORIGIN, Open, ended, picture
from tests.jobs.conftest import Emulator

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW = {"prompt": "x demo:slow"}
AT_ONCE = {"Prefer": "respond-async"}


async def ask(client: httpx.AsyncClient, key: str = "ann", **headers: str) -> httpx.Response:
    who = {"X-API-Key": f"the-long-key-of-{key}"}
    return await client.post(f"{API}/generate", json=SLOW, headers=AT_ONCE | who | headers)


def keys(*names: str) -> str:
    return ",".join(f"the-long-key-of-{name}" for name in names)


async def cancel_all(client: httpx.AsyncClient, answers: list[httpx.Response], key: str = "ann") -> None:
    who = {"X-API-Key": f"the-long-key-of-{key}"}
    for answer in answers:
        if answer.status_code == 202:
            await client.delete(f"{API}/jobs/{answer.json()['data']['id']}", headers=who)


async def test_of_many_at_once_exactly_as_many_begin_as_may(open_api: Open, slow_url: str) -> None:
    async with open_api(slow_url, IMAGESTUDIO_JOBS_AT_ONCE=8, IMAGESTUDIO_API_KEYS=keys("ann", "bob")) as api:
        answers = await asyncio.gather(*(ask(api) for _ in range(50)))
        assert Counter(answer.status_code for answer in answers) == {202: 8, 429: 42}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.headers["retry-after"] == "5"
        assert refused.json()["error"] == {
            "code": "RATE_LIMIT_EXCEEDED",
            "message": "You have 8 jobs under way, and this studio runs 8 of one visitor's at once. "
            "Nothing was sent. Wait until one has ended, or cancel one.",
            "details": {"retryAfter": 5, "charged": "no", "allowed": {"jobsAtOnce": 8}},
        }
        other = await ask(api, "bob")
        assert other.status_code == 202
        await cancel_all(api, answers)
        again = await ask(api)
        assert again.status_code == 202
        await cancel_all(api, [again])
        await cancel_all(api, [other], "bob")


async def begin(api: httpx.AsyncClient, address: str) -> httpx.Response:
    """A run of somebody new, from there."""
    api.cookies.clear()
    return await api.post(f"{API}/generate", json=SLOW, headers=AT_ONCE | {FROM: address})


async def test_neighbours_fill_a_quarter_of_the_queue(open_api: Open, slow_url: str) -> None:
    many = {"IMAGESTUDIO_QUEUE_JOBS": 8, "IMAGESTUDIO_JOBS_AT_ONCE": 0, "IMAGESTUDIO_PUBLIC_URL": ORIGIN}
    async with open_api(slow_url, **many) as api:
        codes = [(await begin(api, f"192.0.2.{number}")).status_code for number in range(3)]
        assert codes == [202, 202, 503]
        assert (await begin(api, "198.51.100.1")).status_code == 202


async def test_guests_of_one_network_have_no_more_than_a_few_of_them(open_api: Open, slow_url: str) -> None:
    async with open_api(slow_url, IMAGESTUDIO_JOBS_AT_ONCE=1, IMAGESTUDIO_PUBLIC_URL=ORIGIN) as api:
        for number in range(NETWORK):
            assert (await begin(api, f"2001:db8::{number}")).status_code == 202
        refused = await begin(api, "2001:db8::ffff")
        assert (refused.status_code, refused.json()["error"]["details"]["allowed"]) == (
            429,
            {"jobsAtOnce": 5},
        )
        assert "from your network" in refused.json()["error"]["message"]
        assert (await begin(api, "2001:db8:0:1::1")).status_code == 202
        assert (await begin(api, "192.0.2.1")).status_code == 202


async def test_when_the_queue_is_full_the_studio_is_busy_for_all(open_api: Open, slow_url: str) -> None:
    async with open_api(slow_url, IMAGESTUDIO_QUEUE_JOBS=5, IMAGESTUDIO_API_KEYS=keys("ann", "bob")) as api:
        answers = await asyncio.gather(*(ask(api) for _ in range(50)))
        assert Counter(answer.status_code for answer in answers) == {202: 5, 503: 45}
        busy = await ask(api, "bob")
        assert busy.headers["retry-after"] == "15"
        assert busy.json()["error"] == {
            "code": "MODEL_UNAVAILABLE",
            "message": "The studio is busy: it has all the jobs that it takes. Nothing was sent. "
            "Try again soon.",
            "details": {"reason": "busy", "retryAfter": 15, "charged": "no"},
        }
        await cancel_all(api, answers)


async def test_a_repeated_request_is_its_job_however_full_it_is(open_api: Open, slow_url: str) -> None:
    async with open_api(slow_url, IMAGESTUDIO_JOBS_AT_ONCE=1, IMAGESTUDIO_API_KEYS=keys("ann")) as api:
        once = {"Idempotency-Key": "the same"}
        answers = await asyncio.gather(*(ask(api, **once) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json()["data"]["id"] for answer in answers}) == 1
        assert (await ask(api)).status_code == 429
        assert (await ask(api, **once)).status_code == 202
        await cancel_all(api, answers[:1])


async def test_what_is_refused_is_not_brought_here(
    open_api: Open, slow_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("full")
    async with open_api(slow_url, IMAGESTUDIO_JOBS_AT_ONCE=1, IMAGESTUDIO_DATA_DIR=data) as api:
        running = await api.post(f"{API}/generate", json=SLOW, headers=AT_ONCE)
        form: dict[str, Any] = {"data": {"prompt": "x"}, "files": {"image": picture()}}
        assert (await api.post(f"{API}/edit", **form)).status_code == 429
        assert list((data / "files").glob("??/*.*")) == []
        tried = await api.post(f"{API}/edit", data={"prompt": "x", "dry_run": "true"}, files=form["files"])
        assert tried.status_code == 200
        await api.delete(f"{API}/jobs/{running.json()['data']['id']}")


async def test_an_ended_job_leaves_its_place(open_api: Open, shared_emulator: Emulator) -> None:
    async with open_api(IMAGESTUDIO_JOBS_AT_ONCE=1) as api:
        for _ in range(3):
            answer = await api.post(f"{API}/generate", json={"prompt": "x"}, headers=AT_ONCE)
            assert answer.status_code == 202
            assert (await ended(api, answer.json()["data"]["id"]))["status"] == "succeeded"


async def test_a_laptop_has_the_queue_s_limit_only(open_api: Open, slow_url: str) -> None:
    async with open_api(slow_url, IMAGESTUDIO_QUEUE_JOBS=12) as api:
        answers = await asyncio.gather(
            *(api.post(f"{API}/generate", json=SLOW, headers=AT_ONCE) for _ in range(13))
        )
        assert Counter(answer.status_code for answer in answers) == {202: 12, 503: 1}
        await cancel_all(api, answers)
