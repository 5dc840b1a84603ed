"""A job that ends without a picture is answered with its error: code, status, headers, what was charged."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import API, Open, ended
from tests.jobs.conftest import Emulator
from tests.tables import rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENDINGS: list[tuple[str, str, int, str, dict[str, Any], str]] = [
    ("flux-2-pro", "demo:refuse", 422, "CONTENT_REFUSED", {"stage": "prompt"}, "failed"),
    ("flux-2-pro", "demo:refuse-image", 422, "CONTENT_REFUSED", {"stage": "image"}, "failed"),
    ("imagen-4-fast", "demo:refuse-image", 422, "CONTENT_REFUSED", {"stage": "image"}, "failed"),
    ("sd-3.5", "demo:refuse-image", 422, "CONTENT_REFUSED", {"stage": "image"}, "failed"),
    ("flux-2-pro", "demo:fail", 502, "PROVIDER_ERROR", {}, "failed"),
    ("recraft-v4", "demo:fail", 502, "PROVIDER_ERROR", {}, "failed"),
    ("flux-2-pro", "demo:crash", 502, "PROVIDER_ERROR", {"charged": "unknown"}, "uncertain"),
    ("qwen-image", "demo:drop", 502, "PROVIDER_ERROR", {"charged": "unknown"}, "uncertain"),
]


@rows(("model", "word", "status", "code", "details", "ending"), ENDINGS)
async def test_an_ending_without_a_picture(
    api: httpx.AsyncClient, model: str, word: str, status: int, code: str, details: Any, ending: str
) -> None:
    response = await api.post(f"{API}/generate", json={"prompt": f"a fox {word}", "model": model})
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code), error
    assert error["details"] | details == error["details"]
    job = (await api.get(f"{API}/jobs/{error['details']['job_id']}")).json()["data"]
    assert (job["status"], job["images"]) == (ending, [])
    assert job["error"]["code"] == code
    assert job["error"]["message"] == error["message"]
    assert error["details"]["charged"] == job["cost"]["charged"]


@pytest.mark.slow
async def test_in_the_demo_nothing_is_charged(open_api: Open) -> None:
    async with open_api(IMAGESTUDIO_SANDBOX="on") as api:
        for prompt, model in (
            ("a fox", "flux-2-pro"),
            ("a fox demo:refuse-image", "flux-2-pro"),
            ("a fox demo:drop", "sd-3.5"),
        ):
            answer = await api.post(f"{API}/generate", json={"prompt": prompt, "model": model})
            answered = answer.json()
            job_id = answered["data"]["id"] if answer.is_success else answered["error"]["details"]["job_id"]
            job = (await api.get(f"{API}/jobs/{job_id}")).json()["data"]
            assert job["cost"]["estimated_usd"] > 0
            assert (job["cost"]["reported_usd"], job["cost"]["charged"]) == (None, "no")
            if not answer.is_success:
                assert answered["error"]["details"]["charged"] == job["error"]["details"]["charged"] == "no"
                assert answered["error"]["message"].endswith("This is the demo: nothing was charged.")


async def test_an_account_without_credit(open_api: Open) -> None:
    """In a studio of its own: nothing more is sent to that provider for a while."""
    async with open_api() as api:
        body = {"prompt": "a fox demo:out-of-credits", "model": "flux-2-pro"}
        response = await api.post(f"{API}/generate", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (503, "MODEL_UNAVAILABLE"), error
    assert (error["details"]["reason"], error["details"]["charged"]) == ("out_of_credits", "no")


@pytest.mark.slow
@rows(
    ("word", "status", "code"),
    [("demo:rate-limit", 429, "RATE_LIMIT_EXCEEDED"), ("demo:unavailable", 503, "MODEL_UNAVAILABLE")],
)
async def test_a_provider_that_asks_to_wait(open_api: Open, word: str, status: int, code: str) -> None:
    async with open_api() as api:
        body = {"prompt": f"a fox {word}", "model": "flux-2-pro"}
        response = await api.post(f"{API}/generate", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code), error
    assert response.headers.get("retry-after") == (
        str(error["details"]["retryAfter"]) if status == 429 else None
    )


@pytest.mark.slow
async def test_a_provider_that_does_not_finish_in_time(open_api: Open, slow_url: str) -> None:
    async with open_api(slow_url, IMAGESTUDIO_JOB_TIMEOUT_S="1") as api:
        body = {"prompt": "a fox demo:slow", "model": "flux-2-pro"}
        response = await api.post(f"{API}/generate", json=body)
        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (504, "PROVIDER_TIMEOUT")
        job = (await api.get(f"{API}/jobs")).json()["data"]["jobs"][0]
        assert error["details"] == {"job_id": job["id"], "charged": "unknown"}


async def test_a_missing_key_is_named_and_nothing_is_sent(open_api: Open, emulator: Emulator) -> None:
    async with open_api(FAL_KEY=None) as api:
        response = await api.post(f"{API}/generate", json={"prompt": "x", "model": "recraft-v4"})
        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (503, "MODEL_UNAVAILABLE")
        assert error["details"] == {"reason": "missing_key", "set": "FAL_KEY", "charged": "no"}
        assert "FAL_KEY" in error["message"]
        assert emulator.requests == []


async def test_a_wrong_key_of_a_provider_is_told_without_the_key(open_api: Open) -> None:
    async with open_api(BFL_API_KEY="invalid-marked-key") as api:
        response = await api.post(f"{API}/generate", json={"prompt": "x"})
        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (503, "MODEL_UNAVAILABLE")
        assert error["details"]["reason"] == "bad_key"
        everything = response.text + (await api.get(f"{API}/jobs")).text
        assert "marked" not in everything


async def test_our_own_fault_is_an_id_in_the_log_and_nothing_else(
    open_api: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = tmp_path / "data"
    async with open_api(IMAGESTUDIO_DATA_DIR=data) as api:
        body = {"prompt": "x", "response_format": "base64"}
        job = (await api.post(f"{API}/generate", json=body)).json()["data"]
        for path in (data / "files").rglob("*.jpg"):
            await asyncio.to_thread(path.unlink)
        with caplog.at_level(logging.ERROR, "imagestudio"):
            response = await api.get(f"{API}/jobs/{job['id']}")
        error = response.json()["error"]
        assert response.status_code == 500
        assert error == {
            "code": "INTERNAL_ERROR",
            "message": f"The studio failed. The reason is in the log under {error['details']['id']}.",
            "details": {"id": error["details"]["id"]},
        }
        assert error["details"]["id"] in caplog.text
        assert "FileNotFoundError" in caplog.text
        gone = await api.get(f"{API}/files/{job['images'][0]['id']}")
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "NOT_FOUND")


async def test_a_failed_job_is_replayed_as_it_failed(api: httpx.AsyncClient, emulator: Emulator) -> None:
    headers = {"Idempotency-Key": "failed once"}
    body = {"prompt": "a fox demo:fail"}
    first = await api.post(f"{API}/generate", json=body, headers=headers)
    again = await api.post(f"{API}/generate", json=body, headers=headers)
    assert first.status_code == again.status_code == 502
    assert first.json() == again.json()
    assert len(emulator.submits) == 1
    at_once = await api.post(f"{API}/generate", json=body, headers=headers | {"Prefer": "respond-async"})
    assert at_once.status_code == 202
    assert (await ended(api, at_once.json()["data"]["id"]))["status"] == "failed"
