"""Thumbnails: small, made once when first asked for, and none where there can be none."""

import asyncio
import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.api.conftest import API, ORIGIN, Open
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def made(api: httpx.AsyncClient, **controls: object) -> str:
    """The address of a new picture's thumbnail."""
    job = (await api.post(f"{API}/generate", json={"prompt": "x", **controls})).json()["data"]
    return str(job["images"][0]["url"]).removeprefix(ORIGIN) + "/thumbnail"


async def test_a_thumbnail_is_a_small_webp_for_ever(api: httpx.AsyncClient) -> None:
    response = await api.get(await made(api, width=1024, height=256))
    assert response.status_code == 200
    with Image.open(io.BytesIO(response.content)) as image:
        assert (image.format, image.size) == ("WEBP", (512, 128))
    assert response.headers["content-type"] == "image/webp"
    assert response.headers["cache-control"] == "private, max-age=31536000, immutable"


async def test_a_small_picture_stays_its_size(api: httpx.AsyncClient) -> None:
    response = await api.get(await made(api, width=256, height=320))
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (256, 320)


async def test_it_is_made_once_and_again_where_it_is_missing(open_api: Open, tmp_path: Path) -> None:
    async with open_api(IMAGESTUDIO_DATA_DIR=tmp_path) as api:
        url = await made(api, width=256, height=256)
        first, *others = await asyncio.gather(*(api.get(url) for _ in range(5)))
        assert all(other.content == first.content for other in others)
        (kept,) = tmp_path.glob("files/thumbnails/*/*")
        assert kept.read_bytes() == first.content
        kept.unlink()
        assert (await api.get(url)).content == first.content


async def test_it_is_made_by_itself_once_nothing_runs(open_api: Open, tmp_path: Path) -> None:
    async with open_api(IMAGESTUDIO_DATA_DIR=tmp_path) as api:
        url = await made(api, width=256, height=256)
        while not (found := list(tmp_path.glob("files/thumbnails/*/*.webp"))):
            await asyncio.sleep(0.02)
        assert found[0].read_bytes() == (await api.get(url)).content


async def test_what_is_known_is_not_sent_again(api: httpx.AsyncClient) -> None:
    url = await made(api, width=256, height=256)
    etag = (await api.head(url)).headers["etag"]
    response = await api.get(url, headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")


async def test_a_drawing_has_one_too(api: httpx.AsyncClient) -> None:
    response = await api.get(await made(api, model="recraft-v4", vector=True))
    with Image.open(io.BytesIO(response.content)) as image:
        assert (image.format, image.size) == ("WEBP", (512, 512))


async def test_a_preview_fills_a_page(api: httpx.AsyncClient) -> None:
    for controls, size in (
        ({"model": "recraft-v4", "vector": True}, (1600, 1600)),
        ({"width": 2048, "height": 1024}, (1600, 800)),
        ({"width": 512, "height": 256}, (512, 256)),
    ):
        url = (await made(api, **controls)).replace("/thumbnail", "/preview")
        response = await api.get(url)
        with Image.open(io.BytesIO(response.content)) as image:
            assert (image.format, image.size) == ("WEBP", size)
        assert response.headers["content-type"] == "image/webp"
        assert response.headers["cache-control"] == "private, max-age=31536000, immutable"
        again = await api.get(url, headers={"If-None-Match": response.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_picture_that_is_gone_has_none(open_api: Open, tmp_path: Path) -> None:
    async with open_api(IMAGESTUDIO_DATA_DIR=tmp_path) as api:
        url = await made(api, width=256, height=256)
        (file,) = tmp_path.glob("files/??/*")
        file.unlink()
        response = await api.get(url)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")


@rows("method", ["GET", "HEAD"])
async def test_an_unknown_file_has_none(api: httpx.AsyncClient, method: str) -> None:
    assert (await api.request(method, f"{API}/files/{'0' * 32}/thumbnail")).status_code == 404
