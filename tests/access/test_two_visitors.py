"""Two visitors, three ways each, over the whole route table: neither gets at anything of the other's."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest
from gradio_client.exceptions import AppError

from tests.access.attempts import HEX, Attempt, Things, attempts, things_of, unknown_things
from tests.access.conftest import ANN, API, BEN, Shared, Visitor
from tests.access.made import Made, make_things
from tests.access.table import table
from tests.ui.conftest import mcp_session, texts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ENDLESS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data", "/gradio_api/mcp", "/gradio_api/call/")
"""Addresses whose answers are streams that may have no end."""
QUIET_S = 0.5
"""How long a stream is listened to that says nothing."""
CLOSED = b"There is nothing at this address."
NOT_YOURS = b"NOT_FOUND: There is no such session, or it is not yours."
"""Of sessions it is told that they are somebody's: their names are free to make up, and to take."""


@pytest.fixture(scope="module", params=["guests", "members"])
def studio(request: pytest.FixtureRequest) -> Shared:
    shared: Shared = request.getfixturevalue(request.param)
    return shared


@pytest.fixture(scope="module")
def ann(studio: Shared) -> Visitor:
    return studio.member(ANN) if _takes_keys(studio) else studio.guest()


@pytest.fixture(scope="module")
def made(ann: Visitor) -> Made:
    return make_things(ann)


@pytest.fixture(scope="module")
def ben(studio: Shared) -> Visitor:
    return studio.member(BEN) if _takes_keys(studio) else studio.guest()


@pytest.fixture
def strangers(studio: Shared, ben: Visitor) -> list[httpx.Client]:
    """Ben, by his browser's cookie or by his key, and somebody who has neither."""
    return [ben.rest, studio.client()]


def _takes_keys(studio: Shared) -> bool:
    told: bool = studio.browser().get("/visitor").json()["data"]["takes_api_keys"]
    return told


@pytest.fixture(scope="module", autouse=True)
def untouched(ann: Visitor, made: Made) -> Iterator[None]:
    """Whatever the others try, what is Ann's stays as it is."""
    before = _state(ann, made)
    yield
    assert _state(ann, made) == before


def _state(ann: Visitor, made: Made) -> dict[str, Any]:
    jobs = ann.rest.get(f"{API}/jobs?limit=100").json()["data"]["jobs"]
    *ended, slow = [next(job for job in jobs if job["id"] == one) for one in made.jobs]
    assert slow["status"] in ("queued", "running", "succeeded")
    return {
        "jobs": {job["id"] for job in jobs},
        "ended": ended,
        "asked": slow["asked"],
        "calls": ann.rest.get("/api/v1/usage").json()["data"]["total"]["calls"],
        "kept": [ann.page.get(f"/visitor/library/{one}").json()["data"]["favourite"] for one in made.files],
        "bytes": [ann.rest.get(f"{API}/files/{one}").content for one in made.files],
    }


def test_no_route_brings_back_what_is_anothers(
    studio: Shared, made: Made, strangers: list[httpx.Client]
) -> None:
    hers = things_of(made, studio.url)
    routes = table(studio.app)
    assert {("GET", f"{API}/jobs/{{job_id}}"), ("GET", "/visitor/library/{file_id}")} <= set(routes)
    with ThreadPoolExecutor(len(strangers)) as pool:
        for walk in [pool.submit(_walk, client, routes, hers, made) for client in strangers]:
            walk.result()


def _walk(client: httpx.Client, routes: list[tuple[str, str]], hers: Things, made: Made) -> None:
    """Ask for hers wherever one can, and in her things' places for nobody's."""
    cookies, unknown = httpx.Cookies(client.cookies), dict[str, tuple[int, bytes]]()
    for method, path in routes:
        nobodys = attempts(method, path, unknown_things(hers))
        for attempt, blind in zip(attempts(method, path, hers), nobodys, strict=True):
            client.cookies = cookies
            got = _ask(client, attempt)
            # Once a kind: what is said of one id that is nobody's is said of all.
            kind = HEX.sub("ID", str(blind))
            if kind not in unknown:
                unknown[kind] = got if blind == attempt else _ask(client, blind)
            _compare(attempt, got, unknown[kind], made)
            if CLOSED in got[1] or got[0] == 401:
                break  # whatever one names


def _compare(attempt: Attempt, got: tuple[int, bytes], blind: tuple[int, bytes], made: Made) -> None:
    """Nothing of hers, and no sign that there is anything."""
    status, content = got
    for mark in made.marks:
        assert mark not in content, attempt
    if status < 400:
        assert not [one for one in made.ids if one.encode() in content], attempt
    if NOT_YOURS in content:
        return
    assert status == blind[0], (attempt, got, blind)
    if status >= 400:
        assert _blurred(content) == _blurred(blind[1]), attempt


def _blurred(content: bytes) -> str:
    """Without ids, which are as they were sent."""
    return HEX.sub("ID", content.decode())


def _ask(client: httpx.Client, attempt: Attempt) -> tuple[int, bytes]:
    timeouts = httpx.Timeout(60).as_dict()
    request = client.build_request(
        attempt.method,
        attempt.path,
        params=attempt.query,
        json=attempt.json,
        data=attempt.form,
        extensions={"timeout": timeouts},
    )
    with closing(client.send(request, stream=True)) as answer:
        if answer.is_success and attempt.method != "POST" and attempt.path.startswith(ENDLESS):
            # From here on: its head came when it came.
            timeouts["read"] = QUIET_S
        content = b""
        try:
            for chunk in answer.iter_bytes():
                content += chunk
        except httpx.ReadTimeout:
            assert attempt.path.startswith(ENDLESS), attempt
    return answer.status_code, content


def test_no_event_of_the_page_takes_anothers_ids(studio: Shared, ben: Visitor, made: Made) -> None:
    hers = things_of(made, studio.url)
    # By a key one comes to the same events: whether the door holds shows with one id.
    ids = hers.files if _takes_keys(studio) else hers.any
    events = [one for one in ben.page.get("/config").json()["dependencies"] if one["backend_fn"]]
    assert len(events) >= 11
    for number, event in enumerate(events):
        for one in ids:
            said = ben.run_event(f"ben{number}", event["id"], [one] * len(event["inputs"]))
            # A prompt that is somebody's id is Ben's own prompt, and comes back to him.
            assert not [mark for mark in made.marks if mark in said.encode()], event
            assert not [file for file in made.files if f"files/{file}" in said], event


def test_nobody_elses_session_is_heard(studio: Shared, strangers: list[httpx.Client], made: Made) -> None:
    for client in strangers:
        for session in made.sessions:
            answer = client.get("/gradio_api/queue/data", params={"session_hash": session})
            assert answer.status_code == 404


def test_a_program_finds_nothing_of_anothers(ben: Visitor, made: Made) -> None:
    program = ben.program()
    asks: list[Callable[[str], Any]] = [
        lambda one: program.predict(one, api_name="/job"),
        lambda one: program.predict(one, look_again=True, api_name="/job"),
        lambda one: program.predict(one, run_again=True, api_name="/job"),
        lambda one: program.predict(one, api_name="/cancel"),
    ]
    for one in made.jobs:
        for ask in asks:
            with pytest.raises(AppError, match=r"^NOT_FOUND: There is no job of that id\.$"):
                ask(one)


async def test_an_agent_finds_nothing_of_anothers(studio: Shared, ben: Visitor, made: Made) -> None:
    key = ben.rest.headers.get("x-api-key")
    cookie = "; ".join(f"{name}={value}" for name, value in ben.page.cookies.items())
    headers = {"X-API-Key": key} if key else {"Cookie": cookie}
    async with mcp_session(studio.url, headers) as session:
        for one in made.jobs:
            for tool in ("get_job", "cancel_job"):
                result = await session.call_tool(tool, {"job_id": one})
                assert result.isError
                assert texts(result) == ["NOT_FOUND: There is no job of that id."]
        mine = await session.call_tool("generate_image", {"prompt": "mine"})
        assert not mine.isError


def test_an_idempotency_key_is_its_owners(ann: Visitor, ben: Visitor) -> None:
    def run(visitor: Visitor) -> str:
        headers = {"Idempotency-Key": "the-same", "Prefer": "respond-async"}
        answer = visitor.rest.post(f"{API}/generate", json={"prompt": "a hill"}, headers=headers)
        found: str = answer.json()["data"]["id"]
        return found

    mine = run(ben)
    # Whoever used it first: a key of somebody else's neither answers nor conflicts.
    assert run(ben) == mine
    conflicting = ben.rest.post(
        f"{API}/generate", json={"prompt": "a dale"}, headers={"Idempotency-Key": "the-same"}
    )
    assert conflicting.status_code == 409
    hers = ann.rest.post(
        f"{API}/generate", json={"prompt": "a hill", "dry_run": True}, headers={"Idempotency-Key": "the-same"}
    )
    assert hers.status_code == 200
    assert mine not in hers.text


def test_each_is_told_of_their_own_money_only(ann: Visitor, ben: Visitor, made: Made) -> None:
    jobs = ben.rest.get(f"{API}/jobs?limit=100").json()["data"]["jobs"]
    calls = ben.rest.get("/api/v1/usage").json()["data"]["total"]["calls"]
    assert calls == sum(len(job["sent"]) for job in jobs)
    assert {job["id"] for job in jobs} & set(made.jobs) == set()


def test_what_a_stranger_can_not_know_is_never_asked_for(made: Made, studio: Shared) -> None:
    """The walk is one over the ids that it means to try."""
    tried: Things = things_of(made, studio.url)
    paths = [attempt.path for method, path in table(studio.app) for attempt in attempts(method, path, tried)]
    assert all(any(one in path for path in paths) for one in tried.any)
