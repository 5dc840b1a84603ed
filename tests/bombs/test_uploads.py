"""Bombs as pictures to edit: refused or taken, and the server none the worse for it."""

import base64

import httpx
import pytest

from tests.bombs import drawings, rasters
from tests.bombs.conftest import API, Canary, Unharmed

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

DRAWINGS = drawings.SHOWN | drawings.HIDDEN | drawings.LOST


async def uploaded(api: httpx.AsyncClient, data: bytes) -> httpx.Response:
    files = {"image": ("holiday.png", data, "image/png")}
    return await api.post(f"{API}/edit", data={"prompt": "x"}, files=files)


async def named(api: httpx.AsyncClient, data: bytes, kind: str) -> httpx.Response:
    url = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return await api.post(f"{API}/edit", json={"prompt": "x", "image_url": url})


def refused(response: httpx.Response) -> bool:
    return (response.status_code, response.json()["error"]["code"]) == (400, "INVALID_IMAGE")


@pytest.mark.parametrize("name", rasters.REFUSED)
async def test_what_is_refused_as_an_upload(api: httpx.AsyncClient, unharmed: Unharmed, name: str) -> None:
    data = rasters.REFUSED[name]()
    async with unharmed():
        response = await uploaded(api, data)
    assert refused(response), response.text
    assert response.json()["error"]["details"]["field"] == "image"


@pytest.mark.parametrize("name", rasters.TAKEN)
async def test_what_is_taken_as_an_upload(api: httpx.AsyncClient, unharmed: Unharmed, name: str) -> None:
    data = rasters.TAKEN[name]()
    async with unharmed():
        response = await uploaded(api, data)
    assert (response.status_code, response.json().get("success")) == (200, True), response.text


@pytest.mark.parametrize("name", ["half a PNG", "a GIF of 4,000 megapixels", "a whole AVIF of 25 megapixels"])
async def test_what_is_refused_as_data(api: httpx.AsyncClient, unharmed: Unharmed, name: str) -> None:
    data = rasters.REFUSED[name]()
    async with unharmed():
        response = await named(api, data, "image/png")
    assert refused(response), response.text
    assert response.json()["error"]["details"]["field"] == "image_url"


@pytest.mark.parametrize("name", DRAWINGS)
async def test_a_drawing_is_not_edited(
    api: httpx.AsyncClient, unharmed: Unharmed, canary: Canary, name: str
) -> None:
    data = DRAWINGS[name]().replace("CANARY", canary.url).encode()
    async with unharmed():
        assert refused(await uploaded(api, data))
        if len(data) < 5_000_000:
            assert refused(await named(api, data, "image/svg+xml"))
    assert canary.calls == []
