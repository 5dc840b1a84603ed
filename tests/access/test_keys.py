"""API keys: in a header they make a program their holder, entered on the page a browser."""

from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from starlette.datastructures import Headers

from imagestudio.access.cookie import Session
from tests.access.conftest import API, FIRST, SECOND, Shared
from tests.tables import rows
from tests.ui.conftest import job_of, mcp_session, texts

pytestmark = pytest.mark.slow

WRONG = "marked-wrong-api-key"


def program(studio: Shared, **headers: str) -> Client:
    return Client(studio.url, headers=headers, download_files=False, verbose=False, analytics_enabled=False)


def who(browser: httpx.Client) -> dict[str, Any]:
    told: dict[str, Any] = browser.get("/visitor").json()["data"]
    return told


def entered(studio: Shared, key: str) -> httpx.Client:
    browser = studio.browser()
    browser.put("/visitor/access", json={"key": key}).raise_for_status()
    return browser


def test_a_browser_becomes_the_keys_holder_and_a_guest_again(members: Shared) -> None:
    browser = members.browser()
    before = who(browser)
    assert (before["kind"], before["takes_api_keys"]) == ("session", True)
    entry = browser.put("/visitor/access", json={"key": f" {FIRST} "})
    assert entry.json()["data"] == {"kind": "key", "name": who(browser)["name"]}
    assert who(browser)["kind"] == "key"
    assert FIRST not in str(browser.cookies)
    assert browser.delete("/visitor/access").status_code == 200
    assert who(browser) == before


def test_a_wrong_key_is_refused_and_not_repeated(members: Shared) -> None:
    browser = members.browser()
    for body, status, code in (
        ({"key": WRONG}, 401, "INVALID_API_KEY"),
        ({"key": ""}, 400, "MISSING_REQUIRED_FIELD"),
        ({}, 400, "MISSING_REQUIRED_FIELD"),
        ({"key": [WRONG]}, 400, "INVALID_PARAMETER"),
    ):
        answer = browser.put("/visitor/access", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert WRONG not in answer.text
    assert who(browser)["kind"] == "session"


def test_the_page_needs_no_key_and_the_api_takes_no_cookie(members: Shared) -> None:
    browser = entered(members, FIRST)
    assert browser.get("/").status_code == 200
    for path in ("/jobs", "/models"):
        answer = browser.get(API + path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHORIZED")


@rows("method", ["GET", "PUT", "DELETE"])
@rows("site", ["cross-site", "same-site"])
def test_only_the_studios_own_page_asks_here(members: Shared, method: str, site: str) -> None:
    path = "/visitor" if method == "GET" else "/visitor/access"
    answer = members.browser().request(method, path, headers={"Sec-Fetch-Site": site}, json={"key": FIRST})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert members.browser().get("/visitor", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_the_three_ways_in_meet(members: Shared) -> None:
    browser, rest = entered(members, FIRST), members.client(Authorization=f"Bearer {FIRST}")
    _, job = program(members, **{"X-API-Key": FIRST}).predict("a fox", api_name="/generate")
    assert rest.get(f"{API}/jobs/{job['id']}").status_code == 200
    file_id = job["images"][0]["id"]
    assert browser.get(f"/visitor/files/{file_id}").content == rest.get(f"{API}/files/{file_id}").content
    assert entered(members, SECOND).get(f"/visitor/files/{file_id}").status_code == 404


@rows("headers", [{"X-API-Key": FIRST}, {"Authorization": f"Bearer {FIRST}"}])
def test_a_program_with_a_key_is_its_holder(members: Shared, headers: dict[str, str]) -> None:
    _, job = program(members, **headers).predict("a fox", api_name="/generate")
    assert job["demo"] is False
    again = program(members, **{"X-API-Key": FIRST})
    assert again.predict(job["id"], api_name="/job")[1]["id"] == job["id"]


def test_a_program_without_a_key_is_somebody_by_itself(guests: Shared) -> None:
    one, other = program(guests), program(guests)
    _, job = one.predict("a fox", api_name="/generate")
    assert one.predict(job["id"], api_name="/job")[1]["id"] == job["id"]
    with pytest.raises(AppError, match=r"^NOT_FOUND: "):
        other.predict(job["id"], api_name="/job")


def test_a_program_without_a_key_is_asked_for_one(members: Shared) -> None:
    for api_name in ("/generate", "/models"):
        with pytest.raises(AppError, match=r"^UNAUTHORIZED: "):
            program(members).predict("edit", api_name=api_name)


def test_a_wrong_key_is_told_to_programs(members: Shared) -> None:
    with pytest.raises(AppError, match=r"^INVALID_API_KEY: ") as refusal:
        program(members, **{"X-API-Key": WRONG}).predict("a fox", api_name="/generate")
    assert WRONG not in str(refusal.value)


async def test_agents_with_keys_are_told_apart(members: Shared) -> None:
    async with mcp_session(members.url, {"X-API-Key": FIRST}) as session:
        job = job_of(await session.call_tool("generate_image", {"prompt": "a fox"}))
        assert job_of(await session.call_tool("get_job", {"job_id": job["id"]}))["id"] == job["id"]
    async with mcp_session(members.url, {"X-API-Key": SECOND}) as session:
        missed = await session.call_tool("get_job", {"job_id": job["id"]})
        assert texts(missed) == ["NOT_FOUND: There is no job of that id."]
    async with mcp_session(members.url, {}) as session:
        asked = await session.call_tool("list_models", {})
        assert texts(asked)[0].startswith("UNAUTHORIZED: ")
    async with mcp_session(members.url, {"X-API-Key": WRONG}) as session:
        refused = await session.call_tool("generate_image", {"prompt": "a fox"})
    assert texts(refused)[0].startswith("INVALID_API_KEY: ")


async def test_an_agent_without_a_key_comes_back_by_its_cookie_or_its_session(guests: Shared) -> None:
    async with mcp_session(guests.url) as session:
        job = job_of(await session.call_tool("generate_image", {"prompt": "a fox"}))
        assert job_of(await session.call_tool("get_job", {"job_id": job["id"]}))["id"] == job["id"]
    named = {"Mcp-Session-Id": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    async with mcp_session(guests.url, named) as session:
        job = job_of(await session.call_tool("generate_image", {"prompt": "a fox"}))
    async with mcp_session(guests.url, named) as session:
        assert job_of(await session.call_tool("get_job", {"job_id": job["id"]}))["id"] == job["id"]


async def test_an_agent_without_cookie_or_key_is_known_by_its_session(guests: Shared) -> None:
    """As clients are that keep no cookies: else every request would be another visitor's."""
    headers = {"Accept": "application/json, text/event-stream"}

    async def ask(method: str, params: dict[str, Any], session: str | None, **more: str) -> httpx.Response:
        known = headers | more | ({"Mcp-Session-Id": session} if session else {})
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        async with httpx.AsyncClient(timeout=60) as web:
            return await web.post(f"{guests.url}/gradio_api/mcp/", json=call, headers=known)

    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    names = [(await ask("initialize", hello, None)).headers["mcp-session-id"] for _ in range(2)]
    run = {"name": "generate_image", "arguments": {"prompt": "a fox"}}
    await ask("tools/call", run, names[0])
    jobs = [
        (await ask("tools/call", {"name": "list_jobs", "arguments": {}}, name)).text.count('\\"id\\"')
        for name in names
    ]
    assert jobs == [1, 0]
    by_key = await ask("initialize", hello, None, **{"X-BFL-Key": "marked-bfl-key-of-an-agent"})
    assert "mcp-session-id" not in by_key.headers, "who brings provider keys is known by them, for longer"


def test_a_key_that_is_gone_leaves_a_guest(members: Shared) -> None:
    browser = entered(members, FIRST)
    cookies = members.app.state.identity.cookies
    session = cookies.read(Headers({"Cookie": f"imagestudio={browser.cookies['imagestudio']}"}), secure=False)
    assert session.key.startswith("key:")
    of_gone_key = cookies.header(Session(session.id, "key:0123456789abcdef"), secure=False)
    gone = members.client(Cookie=of_gone_key.split(";")[0])
    assert who(gone)["kind"] == "session"
