"""POST generate and edit: what is answered when, and that it is all of the contract's job."""

import asyncio
import base64
import re
from typing import Any

import httpx
import pytest

from imagestudio.catalog import MODELS
from imagestudio.catalog.spec import ModelSpec
from imagestudio.providers import PROVIDERS
from tests.api.conftest import API, ORIGIN, Open, ended, picture
from tests.jobs.conftest import Emulator
from tests.tables import rows

INSTANT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ID = re.compile(r"[0-9a-f]{32}")

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_answer_is_the_whole_job(api: httpx.AsyncClient, emulator: Emulator) -> None:
    asked = {"prompt": " a fox ", "model": "flux-2-pro", "width": 256, "height": 512, "seed": 7}
    response = await api.post(f"{API}/generate", json=asked)
    assert response.status_code == 200
    job = response.json()["data"]
    (image,) = job["images"]
    assert ID.fullmatch(job["id"])
    assert ID.fullmatch(image["id"])
    assert all(INSTANT.fullmatch(job[name]) for name in ("created_at", "started_at", "finished_at"))
    assert response.json() == {
        "success": True,
        "data": {
            "id": job["id"],
            "task": "generate",
            "status": "succeeded",
            "model": "flux-2-pro",
            "provider": "bfl",
            "served_by": None,
            "seed": job["seed"],
            "demo": False,
            "payer": "host",
            "created_at": job["created_at"],
            "started_at": job["started_at"],
            "finished_at": job["finished_at"],
            "poll_url": f"{ORIGIN}{API}/jobs/{job['id']}",
            "replaces": None,
            "asked": asked,
            "sent": [
                {
                    "endpoint": f"{emulator.url}/bfl/v1/flux-2-pro",
                    "body": {"prompt": "a fox", "width": 256, "height": 512, "seed": 7},
                }
            ],
            "images": [
                {
                    "id": image["id"],
                    "url": f"{ORIGIN}{API}/files/{image['id']}",
                    "mimeType": "image/jpeg",
                    "width": 256,
                    "height": 512,
                    "bytes": image["bytes"],
                }
            ],
            "files": [],
            "warnings": [],
            "cost": {"estimated_usd": 0.03, "reported_usd": 0.03, "charged": "yes"},
            "error": None,
            "offers": [],
            "webhook": None,
        },
    }
    stored = await api.get(image["url"])
    assert stored.content == picture(256, 512, "jpeg")
    assert len(stored.content) == image["bytes"]
    assert (await api.get(job["poll_url"])).json() == response.json()


@rows("spec", MODELS.values())
@rows("response_format", [None, "url", "base64"])
async def test_pictures_come_as_asked_or_as_the_provider_has_it(
    api: httpx.AsyncClient, spec: ModelSpec, response_format: str | None
) -> None:
    body: dict[str, Any] = {"prompt": "a fox", "model": spec.id, "response_format": response_format}
    if spec.task == "edit":
        body["image_url"] = "data:image/png;base64," + base64.b64encode(picture()).decode()
    response = await api.post(f"{API}/{spec.task}", json=body)
    assert response.status_code == 200, response.text
    (image,) = response.json()["data"]["images"]
    inline = response_format == "base64" or (
        response_format is None and PROVIDERS[spec.provider].answers_inline
    )
    assert sorted(image) == sorted(
        ["id", "base64" if inline else "url", "mimeType", "width", "height", "bytes"]
    )
    stored = (await api.get(f"{API}/files/{image['id']}")).content
    assert len(stored) == image["bytes"]
    if inline:
        assert base64.b64decode(image["base64"]) == stored


@rows(
    "prefer",
    [
        ["respond-async"],
        ["Respond-Async"],
        ["respond-async, wait=10"],
        ["wait=10,respond-async;x=1"],
        ['return=minimal; foo="a, b"', "respond-async"],
    ],
)
async def test_prefer_respond_async_is_answered_at_once(
    slow_api: httpx.AsyncClient, prefer: list[str]
) -> None:
    headers = [("Prefer", value) for value in prefer]
    response = await slow_api.post(f"{API}/generate", json={"prompt": "a fox"}, headers=headers)
    job = response.json()["data"]
    assert response.status_code == 202
    assert response.headers["location"] == job["poll_url"] == f"{ORIGIN}{API}/jobs/{job['id']}"
    assert response.headers["preference-applied"] == "respond-async"
    assert job["status"] in ("queued", "running")
    assert job["images"] == []
    await slow_api.delete(f"{API}/jobs/{job['id']}")


@rows("prefer", ["", "wait=10", "respond-asyncs", 'note="x, respond-async"', "x;respond-async"])
async def test_other_preferences_change_nothing(api: httpx.AsyncClient, prefer: str) -> None:
    response = await api.post(f"{API}/generate", json={"prompt": "a fox"}, headers={"Prefer": prefer})
    assert response.status_code == 200
    assert "preference-applied" not in response.headers


async def test_what_is_answered_at_once_ends_all_the_same(slow_api: httpx.AsyncClient) -> None:
    headers = {"Prefer": "respond-async"}
    job = (await slow_api.post(f"{API}/generate", json={"prompt": "a fox"}, headers=headers)).json()["data"]
    assert (await ended(slow_api, job["id"]))["status"] == "succeeded"


async def test_a_job_that_outlasts_the_wait_is_answered_as_it_stands(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_SYNC_TIMEOUT_S="0") as api:
        response = await api.post(f"{API}/generate", json={"prompt": "a fox"})
        assert response.status_code == 202
        assert response.headers["location"] == response.json()["data"]["poll_url"]
        assert "preference-applied" not in response.headers
        assert (await ended(api, response.json()["data"]["id"]))["status"] == "succeeded"


async def test_a_client_that_hangs_up_cancels_nothing(slow_api: httpx.AsyncClient) -> None:
    body = {"prompt": "a hung-up call"}
    waiting = asyncio.create_task(slow_api.post(f"{API}/generate", json=body))
    job_id = await started(slow_api, body)
    waiting.cancel()
    assert (await ended(slow_api, job_id))["status"] == "succeeded"


async def test_a_job_canceled_while_its_caller_waits_is_answered_as_canceled(
    slow_api: httpx.AsyncClient,
) -> None:
    body = {"prompt": "stopped demo:slow", "model": "sd-3.5"}
    waiting = asyncio.create_task(slow_api.post(f"{API}/generate", json=body))
    canceled = await slow_api.delete(f"{API}/jobs/{await started(slow_api, body)}")
    answer = await waiting
    assert canceled.status_code == answer.status_code == 200
    assert canceled.json()["data"]["status"] == answer.json()["data"]["status"] == "canceled"


async def started(api: httpx.AsyncClient, asked: dict[str, Any]) -> str:
    """The id of the job of that request, once it is there."""
    while True:
        jobs = (await api.get(f"{API}/jobs?limit=1")).json()["data"]["jobs"]
        if jobs and jobs[0]["asked"] == asked:
            return str(jobs[0]["id"])
        await asyncio.sleep(0.01)
