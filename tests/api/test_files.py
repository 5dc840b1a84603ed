"""Stored pictures: exact bytes, and everything that HTTP knows about asking for some of them."""

import asyncio
import hashlib

import httpx
import pytest
import pytest_asyncio

from tests.api.conftest import API, ORIGIN, SVG, picture
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

JPEG = picture(256, 256, "jpeg")
SIZE = len(JPEG)
ETAG = f'"{hashlib.sha256(JPEG).hexdigest()}"'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(api: httpx.AsyncClient) -> str:
    body = {"prompt": "x", "width": 256, "height": 256}
    job = (await api.post(f"{API}/generate", json=body)).json()["data"]
    return str(job["images"][0]["url"]).removeprefix(ORIGIN)


async def test_the_bytes_come_with_their_type_for_ever(api: httpx.AsyncClient, url: str) -> None:
    response = await api.get(url)
    assert (response.status_code, response.content) == (200, JPEG)
    wanted = {
        "content-type": "image/jpeg",
        "content-length": str(SIZE),
        "cache-control": "private, max-age=31536000, immutable",
        "etag": ETAG,
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "content-disposition": f'inline; filename="{url.rsplit("/", 1)[1]}.jpg"',
    }
    assert {name: response.headers[name] for name in wanted} == wanted
    head = await api.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert {name: head.headers[name] for name in wanted} == wanted


async def test_a_drawing_is_downloaded_and_can_run_nothing(api: httpx.AsyncClient) -> None:
    body = {"prompt": "x", "model": "recraft-v4", "vector": True}
    image = (await api.post(f"{API}/generate", json=body)).json()["data"]["images"][0]
    response = await api.get(image["url"])
    assert response.content == SVG
    assert response.headers["content-type"] == image["mimeType"] == "image/svg+xml"
    assert response.headers["content-disposition"] == f'attachment; filename="{image["id"]}.svg"'
    assert response.headers["content-security-policy"] == "sandbox; default-src 'none'"


@rows(
    ("asked", "first", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, SIZE),
        ("bytes=-7", SIZE - 7, SIZE),
        ("Bytes = 5-5", 5, 6),
        (f"bytes=0-{SIZE * 2}", 0, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
    ],
)
async def test_a_range(api: httpx.AsyncClient, url: str, asked: str, first: int, end: int) -> None:
    response = await api.get(url, headers={"Range": asked})
    assert (response.status_code, response.content) == (206, JPEG[first:end])
    assert response.headers["content-range"] == f"bytes {first}-{end - 1}/{SIZE}"
    assert response.headers["content-length"] == str(end - first)
    assert response.headers["etag"] == ETAG


async def test_several_ranges(api: httpx.AsyncClient, url: str) -> None:
    response = await api.get(url, headers={"Range": "bytes=0-3,10-13"})
    assert response.status_code == 206
    assert response.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert JPEG[:4] in response.content
    assert JPEG[10:14] in response.content


@rows("asked", [f"bytes={SIZE}-", "bytes=-0", f"bytes={'9' * 18}-"])
async def test_no_such_range(api: httpx.AsyncClient, url: str, asked: str) -> None:
    response = await api.get(url, headers={"Range": asked})
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{SIZE}"


@rows(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-1", "lines=1-2", "bytes=1-2,x", "=" * 4000],
)
async def test_a_range_that_makes_no_sense_is_ignored(api: httpx.AsyncClient, url: str, asked: str) -> None:
    response = await api.get(url, headers={"Range": asked})
    assert (response.status_code, response.content) == (200, JPEG)


@rows(("condition", "status"), [(ETAG, 206), (f"W/{ETAG}", 200), ('"other"', 200), ("nonsense", 200)])
async def test_if_range(api: httpx.AsyncClient, url: str, condition: str, status: int) -> None:
    response = await api.get(url, headers={"Range": "bytes=0-0", "If-Range": condition})
    assert response.status_code == status


@rows(
    ("condition", "status"),
    [(ETAG, 304), (f"W/{ETAG}", 304), (f'"a", {ETAG}', 304), ("*", 304), ('"other"', 200), ("", 200)],
)
@rows("method", ["GET", "HEAD"])
async def test_if_none_match(
    api: httpx.AsyncClient, url: str, method: str, condition: str, status: int
) -> None:
    response = await api.request(method, url, headers={"If-None-Match": condition})
    assert response.status_code == status
    assert response.headers["etag"] == ETAG
    assert response.content == (JPEG if (status, method) == (200, "GET") else b"")


@rows("file_id", ["0" * 32, "nope", "..%2f..%2fstudio.db", "%00", "studio.db"])
@rows("method", ["GET", "HEAD"])
async def test_an_unknown_file_is_not_found(api: httpx.AsyncClient, method: str, file_id: str) -> None:
    response = await api.request(method, f"{API}/files/{file_id}")
    assert response.status_code == 404


async def test_many_at_once(api: httpx.AsyncClient, url: str) -> None:
    answers = await asyncio.gather(*(api.get(url) for _ in range(50)))
    assert all(answer.content == JPEG for answer in answers)
