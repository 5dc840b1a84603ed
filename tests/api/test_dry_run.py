"""A dry run: checked, priced and shown; nothing kept, sent or charged."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.api.conftest import API, FROM, ORIGIN, Open, picture
from tests.bombs import rasters
from tests.jobs.conftest import Emulator

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def no_jobs(api: httpx.AsyncClient) -> bool:
    return (await api.get(f"{API}/jobs")).json()["data"]["jobs"] == []


def files_in(data: Path) -> list[str]:
    return [path.name for path in (data / "files").rglob("*") if path.is_file()]


async def test_generate_is_shown_whole(open_api: Open, emulator: Emulator) -> None:
    async with open_api() as api:
        body = {"prompt": " a fox ", "model": "imagen-4", "num_images": 2, "dry_run": True}
        response = await api.post(f"{API}/generate", json=body, headers={"Prefer": "respond-async"})
        assert await no_jobs(api)
    sent = {
        "endpoint": f"{emulator.url}/google/v1beta/models/gemini-nano-banana-2.1:generateContent",
        "body": {
            "contents": [{"role": "user", "parts": [{"text": "a fox"}]}],
            "generationConfig": {
                "responseModalities": ["IMAGE"],
                "thinkingConfig": {"thinkingLevel": "HIGH"},
            },
        },
    }
    told = response.json()
    assert response.status_code == 200
    assert told == {
        "success": True,
        "data": {
            "dry_run": True,
            "task": "generate",
            "model": "imagen-4",
            "provider": "google",
            "served_by": "gemini-nano-banana-2.1",
            "demo": False,
            "payer": "host",
            "asked": body,
            "sent": [sent, sent],
            "warnings": told["data"]["warnings"],
            "cost": {"estimated_usd": 0.0672, "at_most_usd": 0.0672, "charged": "no"},
        },
    }
    assert len(told["data"]["warnings"]) == 1
    assert emulator.requests == []


@pytest.mark.parametrize("model", ["flux-kontext", "qwen-image-edit", "seedream-5"])
async def test_a_picture_to_edit_leaves_nothing_behind(
    open_api: Open, emulator: Emulator, tmp_path: Path, model: str
) -> None:
    async with open_api(IMAGESTUDIO_DATA_DIR=tmp_path) as api:
        form = {"prompt": "winter", "model": model, "dry_run": "true"}
        response = await api.post(f"{API}/edit", data=form, files={"image": picture(64, 48)})
        data = response.json()["data"]
        assert await no_jobs(api)
        assert files_in(tmp_path) == []
    size = len(picture(64, 48))
    assert data["asked"] == {
        "prompt": "winter",
        "model": model,
        "dry_run": True,
        "image": f"image/png, 64 x 48, {size} bytes; not kept",
    }
    assert "winter" in str(data["sent"][0]["body"])
    assert emulator.requests == []


async def test_a_picture_of_the_studios_own_stays(api: httpx.AsyncClient) -> None:
    made = (await api.post(f"{API}/generate", json={"prompt": "x"})).json()["data"]
    url = made["images"][0]["url"]
    tried = await api.post(f"{API}/edit", json={"prompt": "winter", "image_url": url, "dry_run": True})
    assert tried.status_code == 200
    assert (await api.get(url)).status_code == 200


async def test_what_is_refused_is_refused_dry_as_well(
    open_api: Open, emulator: Emulator, tmp_path: Path
) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"prompt": ""}, "MISSING_REQUIRED_FIELD"),
        ({"prompt": "x", "width": 1000}, "INVALID_PARAMETER"),
        ({"prompt": "x", "aspect_ratio": "1:1"}, "UNSUPPORTED_PARAMETER"),
        ({"prompt": "x", "model": "nope"}, "INVALID_MODEL"),
        ({"prompt": "x", "model": "recraft-v4"}, "MODEL_UNAVAILABLE"),
        ({"prompt": "x", "dry_run": "yes"}, "INVALID_PARAMETER"),
        ({"prompt": "x", "dry_run": 1}, "INVALID_PARAMETER"),
    ]
    async with open_api(IMAGESTUDIO_DATA_DIR=tmp_path, FAL_KEY=None) as api:
        for body, code in cases:
            response = await api.post(f"{API}/generate", json={"dry_run": True, **body})
            assert response.json()["error"]["code"] == code
        form = {"prompt": "x", "dry_run": "true", "model": "flux-kontext"}
        response = await api.post(f"{API}/edit", data=form, files={"image": b"no picture"})
        assert response.json()["error"]["code"] == "INVALID_IMAGE"
        assert files_in(tmp_path) == []
        assert await no_jobs(api)
    assert emulator.requests == []


async def test_a_budget_is_not_touched_and_its_refusal_foretold(open_api: Open) -> None:
    body = {"prompt": "x", "width": 256, "height": 256}
    async with open_api(IMAGESTUDIO_BUDGET_USD_DAY="0.05") as api:
        for _ in range(3):
            tried = await api.post(f"{API}/generate", json=body | {"dry_run": True})
            assert tried.json()["data"]["warnings"] == []
        assert (await api.post(f"{API}/generate", json=body)).status_code == 200
        tried = await api.post(f"{API}/generate", json=body | {"dry_run": True})
        refused = await api.post(f"{API}/generate", json=body)
    message = refused.json()["error"]["message"]
    assert refused.status_code == 402
    assert (tried.status_code, tried.json()["data"]["warnings"]) == (200, [f"It would be refused: {message}"])


async def test_an_idempotency_key_is_left_alone(api: httpx.AsyncClient, emulator: Emulator) -> None:
    headers = {"Idempotency-Key": "dry"}
    body = {"prompt": "x", "width": 256, "height": 256}
    dry = await api.post(f"{API}/generate", json=body | {"dry_run": True}, headers=headers)
    paid = await api.post(f"{API}/generate", json=body, headers=headers)
    again = await api.post(f"{API}/generate", json=body | {"dry_run": True}, headers=headers)
    assert dry.json() == again.json()
    assert paid.json()["data"]["status"] == "succeeded"
    assert len(emulator.submits) == 1


async def test_false_and_null_run(api: httpx.AsyncClient, emulator: Emulator) -> None:
    for value in (False, None):
        body = {"prompt": "x", "width": 256, "height": 256, "dry_run": value}
        assert (await api.post(f"{API}/generate", json=body)).json()["data"]["status"] == "succeeded"
    form = {"prompt": "x", "dry_run": "false", "model": "flux-kontext"}
    edited = await api.post(f"{API}/edit", data=form, files={"image": picture()})
    assert edited.json()["data"]["status"] == "succeeded"
    assert len(emulator.submits) == 3


async def test_one_network_s_slow_pictures_hold_up_no_other_s_edit(open_api: Open) -> None:
    slow_one = rasters.scanned_again(4400, 80)

    async def edit(api: httpx.AsyncClient, data: bytes, address: str) -> httpx.Response:
        form: dict[str, Any] = {"data": {"prompt": "x", "dry_run": "true"}, "files": {"image": data}}
        return await api.post(f"{API}/edit", **form, headers={FROM: address})

    def decoding() -> list[psutil.Process]:
        children = psutil.Process().children()
        return [
            child
            for child in children
            if any("imagestudio.media.decoder" in part for part in child.cmdline())
        ]

    async with open_api(IMAGESTUDIO_PUBLIC_URL=ORIGIN) as api:
        slow = [asyncio.create_task(edit(api, slow_one, f"2001:db8::{number}")) for number in range(4)]
        while not decoding():
            await asyncio.sleep(0.01)
        decoding()[0].suspend()  # so that it takes longer than anything beside it
        assert (await edit(api, picture(), "192.0.2.1")).status_code == 200
        assert not any(task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
