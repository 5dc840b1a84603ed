"""kill -9 with a visitor's job under way: with the studio's secret it goes on, else it says what is free."""

from pathlib import Path
from typing import Any

import pytest

from imagestudio.sandbox.journal import account_of
from tests.crash.conftest import Process, emulator, eventually, studio
from tests.jobs.conftest import SECRET

__all__ = ["emulator", "studio"]

pytestmark = [pytest.mark.slow, pytest.mark.pace(0.5)]

KEY = "marked-own-key-of-ann"
GIVEN = {"X-BFL-Key": KEY}
JOBS = "/api/v1/image/jobs"


def start_job(studio: Process) -> str:
    body = {"prompt": "a hill demo:slow", "model": "flux-2-pro", "width": 256, "height": 256}
    headers = {"prefer": "respond-async", **GIVEN}
    answer = studio.client.post("/api/v1/image/generate", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["data"]["id"])


def ended(studio: Process, job_id: str) -> dict[str, Any] | None:
    # Without the key: the look at a job needs none, on a machine of one's own.
    job: dict[str, Any] = studio.client.get(f"{JOBS}/{job_id}").json()["data"]
    return job if job["status"] not in ("queued", "running") else None


def submits(emulator: Process) -> list[dict[str, Any]]:
    journal = emulator.client.get("/_sandbox/journal").json()
    return [entry for entry in journal if entry["method"] == "POST"]


def ticketed(studio: Process, job_id: str) -> bool:
    """Whether the provider was seen to have the job: its cost is told with the ticket."""
    job = studio.client.get(f"{JOBS}/{job_id}").json()["data"]
    return job["cost"]["reported_usd"] is not None


def kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def keyless(studio: Process) -> Process:
    """A studio that has no keys of its own."""
    for name in ("GEMINI_API_KEY", "BFL_API_KEY", "FAL_KEY"):
        del studio.environment[name]
    return studio


def test_a_sealed_key_brings_the_job_to_its_picture(
    emulator: Process, keyless: Process, tmp_path: Path
) -> None:
    keyless.environment["IMAGESTUDIO_SECRET_KEY"] = SECRET
    keyless.start()
    job_id = start_job(keyless)
    eventually(lambda: ticketed(keyless, job_id))
    keyless.kill()
    assert KEY.encode() not in kept(tmp_path)
    keyless.start()
    job = eventually(lambda: ended(keyless, job_id))
    assert (job["status"], job["demo"]) == ("succeeded", False), job["error"]
    (submit,) = submits(emulator)
    assert submit["account"] == account_of(KEY)
    keyless.kill()
    assert KEY.encode() not in kept(tmp_path)


def test_without_the_secret_the_key_is_gone_and_looking_with_it_is_free(
    emulator: Process, keyless: Process, tmp_path: Path
) -> None:
    keyless.start()
    job_id = start_job(keyless)
    eventually(lambda: ticketed(keyless, job_id))
    keyless.kill()
    assert KEY.encode() not in kept(tmp_path)
    keyless.start()
    job = eventually(lambda: ended(keyless, job_id))
    assert (job["status"], job["error"]["details"]["set"]) == ("failed", "X-BFL-Key")
    assert "look at it again: that is free" in job["error"]["message"]
    look = f"{JOBS}/{job_id}/look-again"
    assert keyless.client.post(look).json()["error"]["details"]["set"] == "X-BFL-Key"
    assert keyless.client.post(look, headers=GIVEN).status_code in (200, 202)
    found = eventually(lambda: ended(keyless, job_id))
    assert found["status"] == "succeeded", found["error"]
    assert len(submits(emulator)) == 1
