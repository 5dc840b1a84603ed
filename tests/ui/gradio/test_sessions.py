"""What one visitor does through Gradio is no other's to see, join, stop or fetch."""

import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import picture
from tests.public import Open
from tests.tables import rows

pytestmark = pytest.mark.slow


@pytest.fixture
def ann(public: Open) -> Iterator[httpx.Client]:
    with public.visitor() as client:
        yield client


@pytest.fixture
def others(public: Open) -> Iterator[list[httpx.Client]]:
    """Another visitor with a cookie, one without, and one whose cookie was made up."""
    with (
        public.visitor() as ben,
        httpx.Client(base_url=public.url, timeout=30) as nobody,
        httpx.Client(base_url=public.url, timeout=30, cookies={"imagestudio": "eyJpZCI6ImEifQ.x"}) as liar,
    ):
        yield [ben, nobody, liar]


def join(client: httpx.Client, session: str, prompt: str = "a fox") -> httpx.Response:
    call = {"fn_index": _index(client, "generate"), "data": [prompt, *[None] * 10], "session_hash": session}
    return client.post("/gradio_api/queue/join", json=call)


def _index(client: httpx.Client, name: str) -> int:
    found = [one for one in client.get("/config").json()["dependencies"] if one["api_name"] == name]
    index: int = found[0]["id"]
    return index


def data(client: httpx.Client, session: str) -> str:
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
        return "".join(stream.iter_text())


def test_nobody_else_reads_the_stream_of_a_session(ann: httpx.Client, others: list[httpx.Client]) -> None:
    session = uuid.uuid4().hex
    join(ann, session, "Ann's own words").raise_for_status()
    for other in others:
        answer = other.get(f"/gradio_api/queue/data?session_hash={session}")
        assert (answer.status_code, answer.json()["detail"][:9]) == (404, "NOT_FOUND")
        double = other.get(f"/gradio_api/queue/data?session_hash=mine&session_hash={session}")
        assert double.status_code == 404
    assert "Ann's own words" in data(ann, session)


def test_nobody_else_uses_or_stops_a_session(ann: httpx.Client, others: list[httpx.Client]) -> None:
    session = uuid.uuid4().hex
    event = join(ann, session).json()["event_id"]
    for other in others:
        stop = {"session_hash": session, "fn_index": 0, "event_id": event}
        assert join(other, session).status_code == 404
        assert other.post("/gradio_api/cancel", json=stop).status_code == 404
        assert other.get(f"/gradio_api/heartbeat/{session}").status_code == 404
        call = {"data": ["x"], "session_hash": session}
        assert other.post("/gradio_api/call/models", json=call).status_code == 404
    assert '"status":"succeeded"' in data(ann, session)


def test_nobody_else_fetches_or_edits_what_was_uploaded(
    ann: httpx.Client, others: list[httpx.Client]
) -> None:
    (path,) = ann.post("/gradio_api/upload", files={"files": ("a.png", picture())}).json()
    assert ann.get(f"/gradio_api/file={path}").content == picture()
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    for other in others:
        assert other.get(f"/gradio_api/file={path}").status_code == 404
        session = uuid.uuid4().hex
        call = {"data": ["x", file, *[None] * 5], "session_hash": session}
        event = other.post("/gradio_api/call/edit", json=call).json()["event_id"]
        assert "INVALID_IMAGE" in other.get(f"/gradio_api/call/edit/{event}").text
    call = {"data": ["x", file, *[None] * 5], "session_hash": uuid.uuid4().hex}
    event = ann.post("/gradio_api/call/edit", json=call).json()["event_id"]
    assert "event: complete" in ann.get(f"/gradio_api/call/edit/{event}").text


def test_nobody_else_fetches_an_answer(ann: httpx.Client, others: list[httpx.Client]) -> None:
    session = uuid.uuid4().hex
    call = {"data": ["a fox", *[None] * 10], "session_hash": session}
    event = ann.post("/gradio_api/call/generate", json=call).json()["event_id"]
    text = ann.get(f"/gradio_api/call/generate/{event}").text
    path = text.partition('"path": "')[2].partition('"')[0]
    assert ann.get(f"/gradio_api/file={path}").headers["content-type"].startswith("image/")
    for other in others:
        assert other.get(f"/gradio_api/file={path}").status_code == 404


def test_a_program_without_a_cookie_has_what_only_it_can_name(public: Open) -> None:
    with httpx.Client(base_url=public.url, timeout=30) as program, public.visitor() as ben:
        (path,) = program.post("/gradio_api/upload", files={"files": ("a.png", picture())}).json()
        assert program.get(f"/gradio_api/file={path}").content == picture()
        session = uuid.uuid4().hex
        join(program, session).raise_for_status()
        assert ben.get(f"/gradio_api/queue/data?session_hash={session}").status_code == 404
        assert '"status":"succeeded"' in data(program, session)


@rows("session", [7, "", "x" * 129, ["x"], {"a": 1}, True])
def test_what_is_no_session_is_refused(public: Open, session: object) -> None:
    call = {"data": ["x"], "fn_index": 0, "session_hash": session}
    for path in ("queue/join", "call/generate", "cancel"):
        answer = httpx.post(f"{public.url}/gradio_api/{path}", json=call)
        assert (answer.status_code, answer.json()["detail"][:11]) == (400, "BAD_REQUEST")
