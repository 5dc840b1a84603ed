"""kill -9 in mid-run: everything comes to an ending, and nothing is bought twice."""

import signal
import sqlite3
from collections import Counter
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.crash.conftest import Process, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.pace(0.3)]

MODELS = ("flux-2-pro", "recraft-v4", "flux-1.1-pro", "sd-3.5")
SMALL = {"width": 256, "height": 256}
JOBS = 20
HAD_TO_GIVE_UP = 3
"""The exit status of a studio that could not come to its end."""


def body(number: int) -> dict[str, Any]:
    model = MODELS[number % len(MODELS)]
    size = SMALL if model.startswith("flux") else {}
    return {"prompt": f"hill {number} demo:slow", "model": model, **size}


def start_jobs(studio: Process) -> list[str]:
    answers = [
        studio.client.post(
            "/api/v1/image/generate",
            json=body(number),
            headers={"prefer": "respond-async"},
        )
        for number in range(JOBS)
    ]
    assert [answer.status_code for answer in answers] == [202] * JOBS
    return [answer.json()["data"]["id"] for answer in answers]


def all_ended(studio: Process, ids: list[str]) -> list[dict[str, Any]]:
    """The jobs once all have come to an ending, else none of them."""
    listed = studio.client.get("/api/v1/image/jobs?limit=100").json()["data"]["jobs"]
    known = {found["id"]: found for found in listed}
    jobs = [known[job_id] for job_id in ids]
    ended = ("succeeded", "failed", "canceled", "uncertain")
    return jobs if all(found["status"] in ended for found in jobs) else []


def jobs_being_submitted(database: Path) -> set[str]:
    """The jobs whose submit was under way when the process died, as it had written down."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT job_id FROM calls WHERE state = 'submitting'").fetchall()
    return {job_id for (job_id,) in rows}


def submitted(emulator: Process) -> Counter[str]:
    journal = emulator.client.get("/_sandbox/journal").json()
    entries = journal["requests"] if isinstance(journal, dict) else journal
    return Counter(entry["body"]["prompt"] for entry in entries if entry["method"] == "POST")


def test_twenty_running_jobs_end_after_kill_9_and_none_is_submitted_twice(
    emulator: Process, studio: Process, tmp_path: Path
) -> None:
    studio.start()
    ids = start_jobs(studio)
    eventually(lambda: len(submitted(emulator)) == JOBS)
    studio.kill()
    being_submitted = jobs_being_submitted(tmp_path / "data" / "studio.db")
    studio.start()
    jobs = eventually(lambda: all_ended(studio, ids))
    assert set(submitted(emulator).values()) == {1}
    for found in jobs:
        # A kill may fall between the submit and its ticket: then, and only then, it is uncertain.
        if found["id"] in being_submitted:
            assert found["status"] == "uncertain"
            assert found["cost"]["charged"] == "unknown"
            continue
        assert found["status"] == "succeeded", found["error"]
        (image,) = found["images"]
        content = studio.client.get(image["url"]).content
        assert len(content) == image["bytes"]
        stored = (tmp_path / "data" / "files").rglob(f"{image['id']}.*")
        names = [path for path in stored if "thumbnails" not in path.parts]
        assert [sha256(path.read_bytes()).digest() for path in names] == [sha256(content).digest()]
    assert len(being_submitted) < JOBS


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGTERM])
def test_what_ends_while_another_process_locks_the_database_is_bought_once(
    emulator: Process, studio: Process, tmp_path: Path, signal_: signal.Signals
) -> None:
    studio.log = tmp_path / "studio.log"
    studio.start()
    ids = start_jobs(studio)
    with closing(sqlite3.connect(tmp_path / "data" / "studio.db", timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        eventually(lambda: b"changes wait for the database" in studio.log.read_bytes())
        assert studio.running
        studio.running.send_signal(signal_)
        assert studio.running.wait(30) != HAD_TO_GIVE_UP
        other.execute("COMMIT")
    studio.kill()
    sent = submitted(emulator)
    studio.start()
    jobs = eventually(lambda: all_ended(studio, ids))
    assert set(submitted(emulator).values()) == {1}
    assert sent <= submitted(emulator)
    assert {found["status"] for found in jobs} <= {"succeeded", "uncertain"}
    assert all(found["cost"]["charged"] == "unknown" for found in jobs if found["status"] == "uncertain")
