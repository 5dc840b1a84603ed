"""Bombs from a provider: what is paid for is kept, byte for byte, and the server is none the worse for it."""

import asyncio
import io
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.bombs import drawings, rasters
from tests.bombs.conftest import API, Bombs, Canary, Unharmed

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

ABOVE_ALL = {
    name: rasters.REFUSED[name]
    for name in (
        "half a PNG",
        "a PNG of 900 megapixels by its header",
        "a GIF of 4,000 megapixels",
        "a JPEG of 4,000 megapixels by its header",
        "a TIFF",
    )
}
"""They begin as pictures do, so they are kept; nobody here decodes them."""
NO_PICTURES = ("a ZIP", "nothing but zeros")


async def run(api: httpx.AsyncClient, bombs: Bombs, data: bytes, **fields: Any) -> dict[str, Any]:
    """A run whose provider paints this; the answer."""
    prompt = f"bomb {len(bombs.by_prompt)}"
    bombs.by_prompt[prompt] = data
    body = {"prompt": prompt, "model": "sd-3.5", **fields}
    answer: dict[str, Any] = (await api.post(f"{API}/generate", json=body)).json()
    return answer


async def kept(api: httpx.AsyncClient, bombs: Bombs, data: bytes, **fields: Any) -> tuple[str, str]:
    """The job, and the address of its picture, which is what the provider painted."""
    answer = await run(api, bombs, data, **fields)
    assert answer.get("success"), answer
    (image,) = answer["data"]["images"]
    stored = await api.get(image["url"])
    assert stored.content == data
    if image["mimeType"] == "image/svg+xml":
        assert stored.headers["content-disposition"].startswith("attachment;")
    return answer["data"]["id"], image["url"]


async def warned(api: httpx.AsyncClient, job_id: str) -> str:
    """What the job says of a picture that can't be decoded, once that is known."""
    while True:
        job = (await api.get(f"{API}/jobs/{job_id}")).json()["data"]
        if found := [text for text in job["warnings"] if "kept as it came" in text]:
            assert job["status"] == "succeeded"
            return str(found[0])
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("name", rasters.TAKEN)
async def test_a_picture_of_pixels_is_kept_and_made_small(
    api: httpx.AsyncClient, bombs: Bombs, unharmed: Unharmed, name: str
) -> None:
    data = rasters.TAKEN[name]()
    async with unharmed():
        _, url = await kept(api, bombs, data)
        small = await api.get(f"{url}/thumbnail")
    with Image.open(io.BytesIO(small.content)) as image:
        assert max(image.size) <= 512


@pytest.mark.parametrize("name", ABOVE_ALL)
async def test_what_nobody_can_decode_is_kept_all_the_same(
    api: httpx.AsyncClient, bombs: Bombs, unharmed: Unharmed, name: str
) -> None:
    data = ABOVE_ALL[name]()
    async with unharmed():
        job_id, url = await kept(api, bombs, data)
        response = await api.get(f"{url}/thumbnail")
        assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")
        assert "The file can't be shown: " in await warned(api, job_id)


@pytest.mark.parametrize("name", NO_PICTURES)
async def test_what_is_no_picture_fails_tells_of_the_money_and_is_kept(
    api: httpx.AsyncClient, bombs: Bombs, unharmed: Unharmed, name: str
) -> None:
    data = rasters.REFUSED[name]()
    async with unharmed():
        error = (await run(api, bombs, data))["error"]
    assert (error["code"], error["details"]["charged"]) == ("PROVIDER_ERROR", "yes")
    job = (await api.get(f"{API}/jobs/{error['details']['job_id']}")).json()["data"]
    (left,) = job["files"]
    stored = await api.get(left["url"])
    assert (job["images"], stored.content) == ([], data)
    assert stored.headers["content-type"] == "application/octet-stream"
    assert stored.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("name", drawings.SHOWN)
async def test_a_drawing_is_shown_for_what_it_draws(
    api: httpx.AsyncClient, bombs: Bombs, canary: Canary, unharmed: Unharmed, name: str
) -> None:
    data = drawings.SHOWN[name]().replace("CANARY", canary.url).encode()
    async with unharmed():
        _, url = await kept(api, bombs, data, model="recraft-v4", vector=True)
        for what, side in (("thumbnail", 512), ("preview", 1600)):
            response = await api.get(f"{url}/{what}")
            with Image.open(io.BytesIO(response.content)) as image:
                assert (image.format, image.size) == ("WEBP", (side, side))
    assert canary.calls == []


@pytest.mark.parametrize("name", drawings.HIDDEN)
async def test_a_drawing_that_is_too_much_is_kept_and_not_shown(
    api: httpx.AsyncClient, bombs: Bombs, unharmed: Unharmed, name: str
) -> None:
    data = drawings.HIDDEN[name]().encode()
    async with unharmed():
        job_id, url = await kept(api, bombs, data, model="recraft-v4", vector=True)
        response = await api.get(f"{url}/preview")
        assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")
        assert await warned(api, job_id)


async def test_a_drawing_that_ends_its_process_ends_nothing_else(
    api: httpx.AsyncClient, bombs: Bombs, unharmed: Unharmed
) -> None:
    async with unharmed():
        _, url = await kept(api, bombs, drawings.deadly().encode(), model="recraft-v4", vector=True)
        response = await api.get(f"{url}/preview")
        assert response.json()["error"]["message"] == (
            "The file can't be shown: The picture could not be decoded within the studio's limits of memory "
            "and time."
        )
        _, url = await kept(
            api, bombs, drawings.svg(drawings.GREEN).encode(), model="recraft-v4", vector=True
        )
        assert (await api.get(f"{url}/preview")).status_code == 200


@pytest.mark.parametrize("name", [name for name in drawings.LOST if name != "nothing for 2 MB"])
async def test_a_drawing_that_is_not_read_is_kept_and_asks_for_nothing(
    api: httpx.AsyncClient, bombs: Bombs, canary: Canary, unharmed: Unharmed, name: str
) -> None:
    data = drawings.LOST[name]().replace("CANARY", canary.url).encode()
    async with unharmed():
        _, url = await kept(api, bombs, data, model="recraft-v4", vector=True)
        response = await api.get(f"{url}/preview")
        assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert canary.calls == []
