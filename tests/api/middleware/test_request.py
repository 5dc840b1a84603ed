"""Ids of requests, and faults that tell nothing else."""

import logging
import re

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from imagestudio.core.ids import new_id
from tests.conftest import served
from tests.public import guarded

SECRET = "the reason that nobody may read"


def failing_app() -> FastAPI:
    app = FastAPI()

    @app.get("/{path:path}")
    async def fail(path: str) -> None:
        raise RuntimeError(SECRET)

    @app.post("/begun")
    async def begun() -> StreamingResponse:
        async def parts() -> object:
            yield b"begun"
            raise RuntimeError(SECRET)

        return StreamingResponse(parts())

    return guarded(app)


@pytest.fixture
def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(failing_app()), base_url="http://localhost")


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/api/v1/image/x", "text/html", "application/json"),
        ("/visitor/x", "*/*", "application/json"),
        ("/gradio_api/x", "*/*", "application/json"),
        ("/x", "text/html,*/*;q=0.8", "text/plain; charset=utf-8"),
        ("/x", "*/*", "application/json"),
        ("/v1/images", "application/json", "application/json"),
    ],
)
async def test_a_fault_tells_an_id_and_the_log_the_reason(
    client: httpx.AsyncClient, path: str, accept: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get(path, headers={"X-Request-Id": "of-the-proxy-1", "Accept": accept})
    line = "The studio failed. The reason is in the log under of-the-proxy-1."
    assert (answer.status_code, answer.headers["content-type"]) == (500, kind)
    assert answer.headers["x-request-id"] == "of-the-proxy-1"
    if path.startswith("/gradio_api"):
        assert answer.json() == {"detail": f"INTERNAL_ERROR: {line}"}
    elif kind == "application/json":
        details = {"id": "of-the-proxy-1"}
        assert answer.json() == {"error": {"code": "INTERNAL_ERROR", "message": line, "details": details}}
    else:
        assert answer.text == f"INTERNAL_ERROR: {line}\n"
    assert "frame-ancestors" in answer.headers["content-security-policy"]
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info
    assert str(record.exc_info[1]) == SECRET
    assert "of-the-proxy-1" in record.getMessage()


def test_what_was_begun_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    with (
        served(failing_app, lifespan="off") as url,
        httpx.stream("POST", f"{url}/begun") as answer,
        pytest.raises(httpx.TransportError),
    ):
        answer.read()
    assert [record.levelname for record in caplog.records if record.name == "imagestudio.core.log"] == [
        "ERROR"
    ]


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", "new\tline1", "ümlaut-12"])
async def test_what_is_no_id_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/", headers={"X-Request-Id": given.encode()})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])


async def test_every_request_has_another(client: httpx.AsyncClient) -> None:
    ids = {(await client.get("/")).headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5
    assert new_id() not in ids
