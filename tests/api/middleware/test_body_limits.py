"""Limits on what a request sends: counted on the way in, and told with 413."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from imagestudio.api.middleware.body_limits import ANY, PICTURE, SMALL, UPLOAD, limit_of
from tests.conftest import served
from tests.public import Open, guarded, routes
from tests.tables import rows

PART = 64 * 1024


@rows(
    ("path", "limit"),
    [
        ("/api/v1/image/generate", ANY),
        ("/api/v1/image/edit/", PICTURE),
        ("/gradio_api/queue/join", PICTURE),
        ("/gradio_api/call/edit", PICTURE),
        ("/gradio_api/mcp/", PICTURE),
        ("/gradio_api/upload", UPLOAD),
        ("/gradio_api/cancel", ANY),
        ("/visitor/keys", SMALL),
        ("/api/v1/image/jobs/x", ANY),
        ("/anything/else", ANY),
    ],
)
def test_each_address_has_its_limit(path: str, limit: int) -> None:
    assert limit_of(path) == limit


def app_that(reads: str) -> FastAPI:
    app = FastAPI()

    @app.post("/{path:path}")
    async def answer(request: Request, path: str) -> Response:
        if reads == "all":
            return JSONResponse(len(await request.body()))
        if reads == "and hides what happens":
            try:
                await request.body()
            except Exception:
                return JSONResponse("all is well")

        async def echo() -> AsyncIterator[bytes]:
            async for part in request.stream():
                yield part

        return StreamingResponse(echo()) if reads == "while it answers" else JSONResponse("unread")

    return guarded(app)


def client_of(reads: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app_that(reads)), base_url="http://localhost")


async def parts(size: int, sent: list[int]) -> AsyncIterator[bytes]:
    for _ in range(size // PART):
        sent.append(PART)
        yield b"x" * PART


@rows("reads", ["all", "and hides what happens"])
async def test_what_is_too_large_is_refused_on_the_way(reads: str) -> None:
    sent: list[int] = []
    async with client_of(reads) as client:
        answer = await client.post("/api/v1/x", content=parts(ANY, sent))
        assert answer.status_code == 200
        answer = await client.post("/api/v1/x", content=parts(ANY + PART, sent))
    message = f"The body may have {ANY:,} bytes. Send a smaller picture, or its address as image_url."
    details = {"allowed": {"maxBytes": ANY}}
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert answer.json() == {"error": {"code": "PAYLOAD_TOO_LARGE", "message": message, "details": details}}


async def test_a_length_that_is_too_large_is_refused_unread() -> None:
    async with client_of("all") as client:
        for length in (str(ANY + 1), "9" * 30):
            sent: list[int] = []
            headers = {"Content-Length": length}
            answer = await client.post(
                "/x", content=parts(ANY, sent), headers=headers | {"Accept": "text/html"}
            )
            assert answer.status_code == 413
            assert answer.text.startswith("PAYLOAD_TOO_LARGE: The body may have 1,048,576 bytes.")


def test_an_answer_that_was_begun_is_cut_off() -> None:
    app = served(lambda: app_that("while it answers"), lifespan="off")
    with app as url, pytest.raises(httpx.TransportError):
        httpx.post(url, content=iter([b"x" * PART] * (ANY // PART + 4)))


def endless() -> Iterator[bytes]:
    """More than anybody takes."""
    for _ in range(2 * PICTURE // PART):
        yield b" " * PART


@pytest.mark.slow
def test_no_address_takes_a_body_without_an_end(public: Open) -> None:
    addresses = [(method, path) for method, path in routes(public.app) if method in ("POST", "PUT", "PATCH")]
    assert len(addresses) > 20
    kinds = {"/gradio_api/upload": "multipart/form-data; boundary=b"}
    for method, path in addresses:
        headers = {"Content-Length": str(2 * PICTURE), "Content-Type": kinds.get(path, "application/json")}
        with httpx.Client(timeout=30) as client:
            try:
                answer = client.request(method, f"{public.url}{path}", content=endless(), headers=headers)
            except (httpx.WriteError, httpx.RemoteProtocolError):
                continue  # the answer was sent, and the connection closed, before we had looked
        assert answer.status_code == 413, (method, path)
