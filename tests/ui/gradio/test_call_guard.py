"""Nonsense to Gradio's and MCP's addresses: refused in a line, never a 500, never a trace."""

import json
from collections.abc import Iterator

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from imagestudio.core.settings import load_settings
from imagestudio.server.create import create_app
from tests.conftest import served
from tests.public import Canary, Open, gradio_of, routes
from tests.tables import rows
from tests.ui.conftest import texts

pytestmark = pytest.mark.slow

NONSENSE = [
    b"",
    b"{",
    b"[]",
    b"{}",
    b"null",
    b"\xff\xfe",
    b'{"data":1}',
    b'{"data":[]}',
    b'{"data":{},"fn_index":0}',
    b'{"data":[NaN]}',
    b'{"data":[],"data":[]}',
    b'{"a":' * 5000,
    b'{"data":[],"fn_index":99999,"session_hash":"s"}',
    b'{"data":[],"fn_index":-1,"session_hash":"s"}',
    b'{"data":[],"fn_index":1e99,"session_hash":"s"}',
    b'{"data":[],"fn_index":' + b"9" * 5000 + b',"session_hash":"s"}',
    b'{"data":[{"path":1,"meta":1}],"session_hash":5}',
    b'{"data":[[[]]],"fn_index":1,"session_hash":"s","event_data":5,"trigger_id":"x"}',
    b'{"data":[{"path":"x","meta":"gradio.FileData"}],"fn_index":1,"session_hash":"s"}',
    b'{"session_hash":"s","fn_index":0,"event_id":"x"}',
    b'{"event_id":"x"}',
    b'{"data":["\\ud800"],"session_hash":"s","fn_index":0,"batched":true}',
    b'{"prompt":"x","nonsense":1}',
    b'{"prompt":{"path":"x","meta":[]}}',
    b'{"jsonrpc":"2.0"}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nothing","arguments":{}}}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"generate_image","arguments":[]}}',
]
KINDS = ("application/json", "text/plain")


def test_nonsense_is_refused(public: Open) -> None:
    posts = [
        path for method, path in routes(public.app) if method == "POST" and path.startswith("/gradio_api")
    ]
    paths = {*posts, "/gradio_api/call/generate", "/gradio_api/call/edit/", "/gradio_api/call/v2/generate"}
    assert len(paths) > 25
    with httpx.Client(base_url=public.url, timeout=30) as client:
        for path in sorted(paths):
            for body in NONSENSE:
                for kind in KINDS:
                    accept = "application/json, text/event-stream"
                    answer = client.post(path, content=body, headers={"Content-Type": kind, "Accept": accept})
                    assert answer.status_code < 500, (path, kind, body[:80])
                    assert "Traceback" not in answer.text
                    assert "site-packages" not in answer.text


@pytest.mark.parametrize(
    ("name", "given", "missing"), [("generate", ["x"], "model, width"), ("job", [], "job_id")]
)
def test_a_call_with_too_few_values_is_told_which_are_missing(
    public: Open, caplog: pytest.LogCaptureFixture, name: str, given: list[str], missing: str
) -> None:
    answer = httpx.post(f"{public.url}/gradio_api/call/{name}", json={"data": given}, timeout=30)
    assert answer.status_code == 400
    told = answer.json()["detail"]
    assert told.startswith("BAD_REQUEST: ")
    assert f"Missing: {missing}" in told
    assert f"/gradio_api/call/v2/{name}" in told
    assert not caplog.records


@rows(
    ("path", "told"),
    [
        ("/gradio_api/queue/data?session_hash=unknown-{n}", '"session_not_found":true'),
        ("/gradio_api/call/generate/unknown-{n}", 'event: error\ndata: "404: Not Found"'),
        ("/gradio_api/call/v2/nothing/unknown-{n}", 'event: error\ndata: "404: Not Found"'),
    ],
)
def test_a_stream_of_nothing_ends(public: Open, path: str, told: str) -> None:
    for n in range(3):
        answer = httpx.get(f"{public.url}{path.format(n=n)}", timeout=20)
        assert answer.status_code == 200
        assert told in answer.text


@rows("path", ["/?deep_link=../../x", "/config?deep_link=a&page=zz", "/gradio_api/info?page=zz"])
def test_odd_questions_are_answered(public: Open, path: str) -> None:
    assert httpx.get(f"{public.url}{path}").status_code == 200


@pytest.fixture
def anywhere(tmp_path: object) -> Iterator[str]:
    """A studio that listens on every address and can't know its names: any host will do."""
    settings = load_settings({"IMAGESTUDIO_DATA_DIR": tmp_path, "GRADIO_SERVER_NAME": "0.0.0.0"})
    with served(lambda: create_app(settings)) as url:
        yield url


async def test_nobody_can_have_agents_requests_sent_elsewhere(anywhere: str, canary: Canary) -> None:
    elsewhere = canary.url.removeprefix("http://").partition("/")[0]
    headers = {
        "X-Forwarded-Host": elsewhere,
        "X-Gradio-Server": canary.url,
        "X-Gemini-Key": "AIza-marked-key-of-a-visitor-000000",
    }
    async with (
        httpx.AsyncClient(headers=headers, timeout=30) as client,
        streamable_http_client(f"{anywhere}/gradio_api/mcp/", http_client=client) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        result = await session.call_tool("list_models", {"task": "edit"})
    assert not result.isError
    assert [json.loads(text)["task"] for text in texts(result)] == ["edit"] * 3
    assert canary.requests == []


async def test_an_agent_gives_known_arguments_only(public: Open) -> None:
    async with (
        streamable_http_client(f"{public.url}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        for argument in ("request", "nonsense", "self"):
            result = await session.call_tool("list_models", {argument: {"scope": {}}})
            assert result.isError
            assert texts(result)[0].startswith(f'UNSUPPORTED_PARAMETER: list_models takes no "{argument}".')
        result = await session.call_tool("delete_everything", {})
        assert texts(result)[0].startswith('NOT_FOUND: There is no tool "delete_everything" here.')


@rows("door", ["call/generate", "call/v2/generate", "queue/join", "cancel", "mcp/"])
@rows(
    "body",
    [
        b'{"data":["a",' + b"{}," * 500_000 + b'{}],"session_hash":"s"}',
        b'{"fn_index":"PRIVATE","trigger_id":["PRIVATE"],"data":{"PRIVATE":1},"session_hash":"s"}',
        b'{"data":"PRIVATE","prompt":["PRIVATE"],"event_id":["PRIVATE"]}',
    ],
)
def test_no_refusal_repeats_what_was_sent(public: Open, door: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{public.url}/gradio_api/{door}", content=body, headers=headers, timeout=20)
    assert answer.status_code != 422
    assert answer.status_code < 500
    assert "PRIVATE" not in answer.text
    assert len(answer.content) < 2000


MARKED = "hf_" + "marked" * 6
FORGED = f"x\n2026-11-30T00:00:00.000Z CRITICAL imagestudio.payers: FORGED {MARKED}"


def test_a_malformed_call_by_index_is_refused_and_told_to_nobody(
    public: Open, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = ([FORGED], [[FORGED]] * 9, [{"path": FORGED, "meta": {}}] * 9, FORGED, {"x": FORGED}, [FORGED] * 40)
    with public.visitor() as page:
        for number, data in enumerate(bad):
            for index in (*range(24), FORGED, None, True, -1, 10**30):
                if data == [FORGED] and index not in (0, 3, 15):
                    continue  # a job's id may be any text
                body = {"fn_index": index, "data": data, "session_hash": f"bad-{number}-{index}"[:100]}
                answer = page.post("/gradio_api/queue/join", json=body)
                assert answer.status_code == 400, (index, data, answer.text)
                assert answer.json()["detail"].startswith("BAD_REQUEST: ")
                assert "FORGED" not in answer.text
    said = capfd.readouterr()
    assert "FORGED" not in said.out + said.err + caplog.text


@rows("path", ["queue/join", "cancel", "reset", "call/v2/generate"])
def test_what_gradio_can_not_read_is_not_repeated(public: Open, path: str) -> None:
    body = {"session_hash": "s", "event_id": [FORGED], "fn_index": [FORGED], "data": 7, "event_data": FORGED}
    answer = httpx.post(f"{public.url}/gradio_api/{path}", json=body, timeout=30)
    assert 400 <= answer.status_code < 500
    assert "FORGED" not in answer.text


def test_programs_reach_the_five_endpoints_and_nothing_else(public: Open) -> None:
    """What only the page does is for a visitor of the page."""
    blocks = gradio_of(public.app).get_blocks()
    private = [event for event in blocks.fns.values() if event.api_visibility != "public" and event.fn]
    shared = [event for event in blocks.fns.values() if event.api_visibility == "public"]
    assert {event.api_name for event in shared} == {"generate", "edit", "models", "job", "cancel"}
    assert len(private) > 10
    for event in private:
        body = {"fn_index": event._id, "data": [None] * len(event.inputs), "session_hash": f"p{event._id}"}
        assert httpx.post(f"{public.url}/gradio_api/queue/join", json=body).status_code == 404
        for path in (f"call/{event.api_name}", f"call/v2/{event.api_name}"):
            answer = httpx.post(f"{public.url}/gradio_api/{path}", json=body)
            assert answer.status_code == 404, path
