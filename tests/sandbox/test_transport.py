"""The transport behaves as a socket would."""

import asyncio

import httpx
import pytest

from imagestudio.sandbox import SandboxTransport


def client(app) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=SandboxTransport(app), base_url="http://sandbox")


START = {"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"b")]}


async def test_the_app_sees_the_request_and_the_client_the_answer():
    seen = {}

    async def app(scope, receive, send):
        seen.update(scope, message=await receive())
        await send(START)
        await send({"type": "http.response.body", "body": b"hello"})

    async with client(app) as http:
        answer = await http.post("/a%20b?c=d", content=b"body", headers={"X-Key": "k"})
    assert (answer.status_code, answer.headers["x-a"], answer.content) == (200, "b", b"hello")
    assert (seen["method"], seen["path"], seen["query_string"]) == ("POST", "/a b", b"c=d")
    assert (b"x-key", b"k") in seen["headers"]
    assert seen["message"] == {"type": "http.request", "body": b"body", "more_body": False}


async def test_bodies_stream():
    go_on = asyncio.Event()

    async def app(scope, receive, send):
        await send(START)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"two"})

    async with client(app) as http, http.stream("GET", "/") as answer:
        chunks = answer.aiter_raw()
        assert await anext(chunks) == b"one"
        go_on.set()
        assert await anext(chunks) == b"two"


class Watched:
    """An app that waits for ever, and tells when it has begun and how it was ended."""

    def __init__(self, *first: dict) -> None:
        self.first = first
        self.begun, self.cancelled = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope, receive, send):
        for message in self.first:
            await send(message)
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


async def test_cancelling_the_request_cancels_the_app():
    app = Watched()
    async with client(app) as http:
        request = asyncio.create_task(http.get("/"))
        await app.begun.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        assert app.cancelled.is_set()


async def test_leaving_a_stream_cancels_the_app():
    app = Watched(START)
    async with client(app) as http:
        async with http.stream("GET", "/"):
            await app.begun.wait()
        assert app.cancelled.is_set()


async def test_closing_the_transport_ends_what_runs():
    app = Watched(START)
    transport = SandboxTransport(app)
    await transport.handle_async_request(httpx.Request("GET", "http://sandbox/"))
    await app.begun.wait()
    await transport.aclose()
    assert app.cancelled.is_set()


async def test_a_slow_answer_is_a_read_timeout():
    app = Watched()
    async with client(app) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get("/", timeout=0.01)
    assert app.cancelled.is_set()


async def test_an_app_that_ends_without_an_answer_is_a_cut_connection():
    async def app(scope, receive, send):
        return

    async with client(app) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get("/")


async def test_a_bug_is_logged_and_seen_as_a_cut_connection(caplog):
    async def app(scope, receive, send):
        raise RuntimeError("a bug")

    async with client(app) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get("/")
    assert "a bug" in caplog.text


async def test_a_dropped_submit_was_accepted(sandbox):
    small = {"width": 256, "height": 256}
    with pytest.raises(httpx.RemoteProtocolError):
        await sandbox.bfl("flux-2-pro", {"prompt": "demo:drop", **small})
    with pytest.raises(httpx.RemoteProtocolError):
        await sandbox.fal("fal-ai/recraft/v4/text-to-image", {"prompt": "demo:drop"})
    body = {"contents": [{"parts": [{"text": "demo:drop"}]}]}
    with pytest.raises(httpx.RemoteProtocolError):
        await sandbox.google("gemini-3-pro-image:generateContent", body)
    assert [charge.provider for charge in sandbox.app.state.bill] == ["bfl", "fal", "google"]


async def test_a_truncated_file_breaks_off_in_the_middle(sandbox):
    small = {"width": 256, "height": 256}
    ready = await sandbox.bfl_poll(await sandbox.bfl("flux-2-pro", {"prompt": "demo:truncate", **small}))
    async with sandbox.http.stream("GET", ready["result"]["sample"]) as answer:
        announced = int(answer.headers["content-length"])
        chunks = answer.aiter_bytes()
        assert len(await anext(chunks)) == announced // 2
        with pytest.raises(httpx.RemoteProtocolError):
            await anext(chunks)
