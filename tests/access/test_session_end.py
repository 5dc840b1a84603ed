"""Sessions end where they are ended: copies of a cookie with them, and nobody else's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.api.conftest import API
from tests.reopening import Reopen, reopen
from tests.tables import rows

__all__ = ["reopen"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "the-long-key-of-ann"
PUBLIC = {"IMAGESTUDIO_PUBLIC_URL": "http://studio.test", "IMAGESTUDIO_PUBLIC_BUDGET_USD_DAY": "100"}
Browsers = tuple[httpx.AsyncClient, httpx.AsyncClient]


@asynccontextmanager
async def two_browsers(reopen: Reopen, **settings: Any) -> AsyncIterator[Browsers]:
    """Two that have loaded the page; everything goes through `httpx`, cookies included."""
    async with reopen(**PUBLIC, **settings) as first:
        second = browser(first)
        for one in (first, second):
            await one.get("/visitor")
        yield first, second


def browser(like: httpx.AsyncClient, cookies: httpx.Cookies | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=like._transport, base_url=like.base_url, cookies=cookies, timeout=60)


async def draw(client: httpx.AsyncClient) -> str:
    answer = await client.post(f"{API}/generate", json={"prompt": "a fox"})
    job: str = answer.json()["data"]["id"]
    return job


async def jobs(client: httpx.AsyncClient) -> list[str]:
    return [job["id"] for job in (await client.get(f"{API}/jobs")).json()["data"]["jobs"]]


async def kind(client: httpx.AsyncClient) -> str:
    found: str = (await client.get("/visitor")).json()["data"]["kind"]
    return found


async def end(client: httpx.AsyncClient, everywhere: bool) -> None:
    answer = await client.post("/visitor/session/end", json={"everywhere": everywhere})
    assert answer.status_code == 200, answer.text


@rows("everywhere", [False, True])
async def test_a_guests_session_ends_with_every_copy_of_its_cookie(reopen: Reopen, everywhere: bool) -> None:
    async with two_browsers(reopen) as (ann, ben):
        mine, theirs = await draw(ann), await draw(ben)
        copied = httpx.Cookies(ann.cookies)
        assert await jobs(browser(ann, copied)) == [mine]
        await end(ann, everywhere)
        assert await jobs(ann) == await jobs(browser(ann, copied)) == []
        assert (await jobs(ben), await kind(ann)) == ([theirs], "session")
        # The browser is somebody new, who comes back as any other.
        again = await draw(ann)
        assert await jobs(browser(ann, httpx.Cookies(ann.cookies))) == [again]
    async with reopen(**PUBLIC) as client:
        assert await jobs(browser(client, copied)) == []


async def test_an_api_keys_holder_ends_this_browser_or_all(reopen: Reopen) -> None:
    async with two_browsers(reopen, IMAGESTUDIO_API_KEYS=KEY) as (one, other):
        for client in (one, other):
            await client.put("/visitor/access", json={"key": KEY})
        copied = httpx.Cookies(one.cookies)
        await end(one, everywhere=False)
        assert [await kind(each) for each in (one, browser(one, copied), other)] == [
            "session",
            "session",
            "key",
        ]
        await one.put("/visitor/access", json={"key": KEY})
        copied = httpx.Cookies(other.cookies)
        await end(one, everywhere=True)
        assert [await kind(each) for each in (one, browser(one, copied), other)] == ["session"] * 3
        # The key itself goes on, in a header and entered anew.
        assert (await one.get(f"{API}/jobs", headers={"X-API-Key": KEY})).status_code == 200
        await other.put("/visitor/access", json={"key": KEY})
        assert await kind(other) == "key"


async def test_a_session_that_holds_nothing_leaves_no_record(reopen: Reopen) -> None:
    async with two_browsers(reopen) as (ann, _):
        before = ann.cookies["imagestudio"]
        await end(ann, everywhere=True)
        assert ann.cookies["imagestudio"] != before
        app = ann._transport.app  # type: ignore[attr-defined]
        assert await app.state.host.ended_sessions.since(0.0) == {}


async def test_what_makes_no_sense_is_refused(reopen: Reopen) -> None:
    async with two_browsers(reopen) as (ann, _):
        answer = await ann.post("/visitor/session/end", json={})
        assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, "everywhere")
    async with reopen() as alone:
        answer = await alone.post("/visitor/session/end", json={"everywhere": True})
        assert answer.status_code == 400
